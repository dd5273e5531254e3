package io.weft.hub;

import io.weft.hub.FakeServer.Answer;
import io.weft.hub.FakeServer.Request;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Pulls from a local server that behaves as hubs do on bad days. */
class HubDownloadTest {
    @TempDir Path cache;
    private final List<String> heard = new ArrayList<>();
    private Language language;
    private FakeHub hub;

    @BeforeEach void start() throws IOException {
        language = Language.current();
        Language.use(Language.ENGLISH);
        hub = new FakeHub();
    }

    @AfterEach void stop() throws IOException {
        hub.close();
        Language.use(language);
    }

    @Test void whatAModelNeedsArrivesInTheLayoutOfHuggingfaceHub() throws IOException {
        Path snapshot = pull();
        Path model = cache.resolve("models--org--tiny");
        assertThat(snapshot).isEqualTo(model.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(filesBelow(snapshot)).containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors",
                "additional_chat_templates/tool use.jinja");
        for (String name : filesBelow(snapshot)) {
            assertThat(snapshot.resolve(name)).hasBinaryContent(hub.files.get(name));
        }
        assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
                .isEqualTo(Path.of("../../blobs", FakeHub.sha256(hub.files.get("model.safetensors"))));
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
                .isEqualTo(Path.of("../../blobs", FakeHub.gitSha1(hub.files.get("config.json"))));
        assertThat(model.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(filesBelow(model.resolve("blobs"))).hasSize(4).noneMatch(name -> name.endsWith(".incomplete"));
    }

    @Test void aSecondPullFetchesNothing() {
        Path first = pull();
        int contents = hub.contentRequests().size();
        hub.hub.requests.clear();
        assertThat(pull()).isEqualTo(first);
        assertThat(hub.contentRequests()).hasSize(contents);
        assertThat(hub.hub.of("HEAD")).hasSize(1);
        assertThat(hub.hub.of("GET")).allMatch(request -> request.path().startsWith("/api/"));
    }

    @Test void onlyFilesThatAreMissingAreFetched() throws IOException {
        Path snapshot = pull();
        Files.delete(snapshot.resolve("tokenizer.json"));
        Files.delete(snapshot.resolve("model.safetensors"));
        Files.delete(cache.resolve("models--org--tiny/blobs")
                .resolve(FakeHub.gitSha1(hub.files.get("tokenizer.json"))));
        int contents = hub.contentRequests().size();
        pull();
        assertThat(snapshot.resolve("tokenizer.json")).hasBinaryContent(hub.files.get("tokenizer.json"));
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(hub.contentRequests()).hasSize(contents);
    }

    @Test void aCutConnectionIsGoneOnFromWhereItBroke() {
        hub.contentFault = (request, answer) -> answer.cutAt(700_000);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(hub.contentRequests()).extracting(request -> request.headers().get("Range"))
                .containsExactly(null, "bytes=700000-", "bytes=1400000-", "bytes=2100000-", "bytes=2800000-");
        assertThat(heard).anyMatch(line -> line.startsWith("retry org/tiny model.safetensors"));
    }

    @Test void aPullThatWasKilledGoesOnWithTheNext() throws IOException {
        AtomicInteger answers = new AtomicInteger();
        hub.contentFault = (request, answer) -> answer.cutAt(answers.incrementAndGet() == 1 ? 1_000_000 : 0);
        assertThat(error(this::pull)).contains("org/tiny model.safetensors", "run the same command again");
        Path part = cache.resolve("models--org--tiny/blobs")
                .resolve(FakeHub.sha256(hub.files.get("model.safetensors")) + ".incomplete");
        assertThat(part).hasSize(1_000_000);
        assertThat(cache.resolve("models--org--tiny/refs/main")).doesNotExist();
        hub.contentFault = (request, answer) -> answer;
        hub.content.requests.clear();
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(hub.contentRequests()).extracting(request -> request.headers().get("Range"))
                .containsExactly("bytes=1000000-");
    }

    @Test void aStalledBodyDoesNotHang() {
        AtomicInteger answers = new AtomicInteger();
        hub.contentFault = (request, answer) -> answers.incrementAndGet() == 1 ? answer.silentFrom(1_500_000) : answer;
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(heard).anyMatch(line -> line.contains("no data for 1 s"));
    }

    @Test void aServerThatNeverAnswersIsGivenUp() {
        HubSettings settings = hub.settings(cache);
        hub.hubFault = (request, answer) -> answer.silentFrom(-1);
        RetryPolicy hasty = new RetryPolicy(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofMillis(200),
                Duration.ofMillis(1), 2);
        HubSettings impatient = new HubSettings(settings.endpoint(), settings.token(), cache, false, true,
                settings.proxies(), hasty);
        assertThat(error(() -> new HubDownload(impatient, listener()).pull("org/tiny")))
                .contains("no answer from", "2 times");
    }

    @Test void damagedContentIsFetchedOnceMoreAndThenRefused() throws IOException {
        hub.contentFault = (request, answer) -> {
            byte[] damaged = answer.body().clone();
            damaged[damaged.length / 2]++;
            return Answer.of(answer.status(), answer.headers(), damaged);
        };
        assertThat(error(this::pull)).contains("org/tiny model.safetensors", "not what the hub announced", "twice");
        assertThat(hub.contentRequests()).hasSize(2);
        assertThat(filesBelow(cache.resolve("models--org--tiny/blobs")))
                .noneMatch(name -> name.startsWith(FakeHub.sha256(hub.files.get("model.safetensors"))));
    }

    @Test void aSmallFileIsCheckedToo() {
        hub.hubFault = (request, answer) -> request.method().equals("GET") && request.path().endsWith("/config.json")
                ? Answer.of(200, answer.headers(), "{\"model_type\": \"lIama\"}".getBytes(StandardCharsets.UTF_8))
                : answer;
        assertThat(error(this::pull)).contains("org/tiny config.json", "not what the hub announced");
    }

    @Test void aDamagedPartOfAnEarlierPullIsThrownAway() throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("models--org--tiny/blobs"));
        Files.write(blobs.resolve(FakeHub.sha256(hub.files.get("model.safetensors")) + ".incomplete"),
                new byte[1_234_567]);
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(hub.contentRequests()).extracting(request -> request.headers().get("Range"))
                .containsExactly("bytes=1234567-", null);
    }

    @Test void aServerThatKnowsNoRangesSendsAllOfItAgain() throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("models--org--tiny/blobs"));
        Files.write(blobs.resolve(FakeHub.sha256(hub.files.get("model.safetensors")) + ".incomplete"), new byte[1000]);
        hub.contentFault = (request, answer) -> Answer.of(200, Map.of(), hub.files.get("model.safetensors"));
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(hub.contentRequests()).hasSize(1);
    }

    @Test void anAnswerToAnotherRangeIsNotUsed() throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("models--org--tiny/blobs"));
        Files.write(blobs.resolve(FakeHub.sha256(hub.files.get("model.safetensors")) + ".incomplete"), new byte[1000]);
        hub.contentFault = (request, answer) -> request.headers().containsKey("Range")
                ? Answer.of(206, Map.of("Content-Range", "bytes 0-9/10"), new byte[10]) : answer;
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
    }

    @Test void moreBytesThanAnnouncedAreNotWritten() throws IOException {
        hub.contentFault = (request, answer) -> Answer.of(200, Map.of(), new byte[9_000_000]);
        assertThat(error(this::pull)).contains("more than the announced 3000000 bytes");
        assertThat(Files.walk(cache).filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).max()
                .orElse(0)).isLessThan(1_000_000);
    }

    @Test void theTokenReachesTheHubAndNoOtherHostAndNoMessage() {
        pull();
        assertThat(hub.hub.requests).isNotEmpty().allMatch(request -> request.headers().get("Authorization")
                .equals("Bearer " + FakeHub.TOKEN));
        assertThat(hub.contentRequests()).isNotEmpty()
                .noneMatch(request -> request.headers().containsKey("Authorization"));
        assertThat(hub.settings(cache).toString()).doesNotContain(FakeHub.TOKEN);
        hub.files.put("tokenizer_config.json", new byte[0]);
        hub.hubFault = (request, answer) -> answer.status() == 200 && request.path().contains("/resolve/")
                ? Answer.of(401, Map.of()) : answer;
        assertThat(error(this::pull)).contains("refuses access (401)", "token from HF_TOKEN")
                .doesNotContain(FakeHub.TOKEN);
    }

    @Test void theKeyInAContentAddressReachesNoMessage() {
        hub.contentFault = (request, answer) -> Answer.of(403, Map.of());
        assertThat(error(this::pull)).contains("/store/model.safetensors answers 403").doesNotContain("keyInTheQuery");
        assertThat(heard).noneMatch(line -> line.contains("keyInTheQuery"));
    }

    @ParameterizedTest @ValueSource(ints = {429, 500, 503})
    void aServerInTroubleIsAskedAgain(int status) {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        hub.hubFault = (request, answer) -> asked.add(request.method() + request.path())
                ? Answer.of(status, Map.of("Retry-After", "0")) : answer;
        hub.contentFault = (request, answer) -> asked.add(request.path()) ? Answer.of(status, Map.of()) : answer;
        assertThat(pull().resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
        assertThat(heard).anyMatch(line -> line.contains("answers " + status));
    }

    @Test void refusalsSayWhatToDo() {
        assertThat(refused(401, "GatedRepo")).contains("org/tiny: this model is gated", hub.hub.uri() + "/org/tiny",
                "HF_TOKEN");
        assertThat(refused(403, "GatedRepo")).contains("this model is gated");
        assertThat(refused(404, "RepoNotFound")).contains("org/tiny: not found at", "Check the name", "private");
        assertThat(refused(401, "RepoNotFound")).contains("org/tiny: not found at");
        assertThat(refused(404, "RevisionNotFound")).contains("no such branch, tag or commit");
        assertThat(refused(403, "")).contains("refuses access (403)");
        assertThat(refused(418, "")).contains("answers 418", "HF_ENDPOINT");
        assertThat(hub.hub.requests).hasSize(7);
    }

    @Test void anUnreachableHubIsNamedWithWhatTheCacheHas() throws IOException {
        HubSettings away = FakeHub.settings(FakeHub.unused(), cache, false, true);
        assertThat(error(() -> new HubDownload(away, listener()).pull("org/tiny")))
                .contains("cannot connect, 3 times", "HF_ENDPOINT").doesNotContain("snapshots");
        Path snapshot = pull();
        assertThat(error(() -> new HubDownload(away, listener()).pull("org/tiny")))
                .contains("The cache holds it", snapshot.toString(), "HF_HUB_OFFLINE=1");
    }

    @Test void offlineUsesACompleteSnapshotAndNothingElse() throws IOException {
        HubDownload download = new HubDownload(FakeHub.settings(FakeHub.unused(), cache, true, true),
                HubListener.SILENT);
        assertThat(error(() -> download.pull("org/tiny")))
                .contains("org/tiny (main) is not complete in " + cache, "HF_HUB_OFFLINE");
        Path snapshot = pull();
        assertThat(download.pull("org/tiny")).isEqualTo(snapshot);
        assertThat(download.pull("org/tiny", FakeHub.COMMIT)).isEqualTo(snapshot);
        Files.delete(snapshot.resolve("model.safetensors"));
        Files.writeString(snapshot.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"model-1-of-2.safetensors\", \"b\": \"model-2-of-2.safetensors\"}}");
        Files.writeString(snapshot.resolve("model-1-of-2.safetensors"), "");
        assertThat(error(() -> download.pull("org/tiny"))).contains("is not complete");
        Files.writeString(snapshot.resolve("model-2-of-2.safetensors"), "");
        assertThat(download.pull("org/tiny")).isEqualTo(snapshot);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../evil.json", "/etc/evil.json", "a/../../evil.json", "C:/evil.json",
            "a\\..\\evil.json", "a//evil.json", "con.json",
        "evil.json\0.png", "./evil.json", "evil\n.json", "dots./evil.json"})
    void aFileNameThatLeadsOutOfTheFolderStopsThePull(String name) throws IOException {
        hub.files.put(name, new byte[] {1});
        assertThat(error(this::pull)).contains("org/tiny: the hub lists a file named", "nothing was fetched");
        assertThat(filesBelow(cache)).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"../../evil", "..", "", "a/b"})
    void anEtagOrCommitThatIsNoNameIsRefused(String name) throws IOException {
        for (String header : List.of("X-Linked-Etag", "X-Repo-Commit")) {
            hub.hubFault = (request, answer) -> {
                Map<String, String> headers = new TreeMap<>(answer.headers());
                headers.replace(header, name);
                return Answer.of(answer.status(), headers, answer.body());
            };
            assertThat(error(this::pull)).contains("does not say which commit or content");
        }
        assertThat(filesBelow(cache)).noneMatch(path -> path.contains("evil"));
    }

    @ParameterizedTest @ValueSource(strings = {"", "org/", "/name", "a/b/c", "../x", "org/na me", "org--x/y", "org/..",
            "-x/y", "org/x?y"})
    void aNameThatIsNoModelsIsRefusedBeforeAnythingIsAsked(String name) {
        assertThat(error(() -> new HubDownload(hub.settings(cache), listener()).pull(name)))
                .contains("'" + name + "' is not the name of a model", "org/name");
        assertThat(hub.hub.requests).isEmpty();
    }

    @Test void aDiskTooSmallIsNoticedBeforeTheFirstByte() {
        hub.announcedSizes.put("model.safetensors", 1L << 60);
        assertThat(error(this::pull)).contains("org/tiny needs 1152921504.61 GB more", "has", "HF_HUB_CACHE",
                "nothing was fetched");
        assertThat(hub.contentRequests()).isEmpty();
    }

    @Test void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "");
        HubDownload download = new HubDownload(hub.settings(file.resolve("cache")), listener());
        assertThat(error(() -> download.pull("org/tiny")))
                .contains("cannot write to the cache " + file.resolve("cache"), "HF_HUB_CACHE");
    }

    @Test void aSignInPageIsNotTakenForAListing() {
        hub.hubFault = (request, answer) -> Answer.text("<html>Welcome to our WiFi</html>");
        assertThat(error(this::pull)).contains("org/tiny: the answer is not a hub's list of files");
        hub.hubFault = (request, answer) -> Answer.text("{\"error\": 1}");
        assertThat(error(this::pull)).contains("not a hub's list of files");
    }

    @Test void redirectsThatDoNotEndOrLeaveTheWebAreNotFollowed() {
        hub.hubFault = (request, answer) -> Answer.of(302, Map.of("Location", request.path() + "x"));
        assertThat(error(this::pull)).contains("more than 10 redirects");
        for (String location : List.of("file:///etc/passwd", "", "http://[bad")) {
            hub.hubFault = (request, answer) -> Answer.of(302, Map.of("Location", location));
            assertThat(error(this::pull)).contains("an address that is not followed");
        }
    }

    @Test void aRenamedModelIsFollowed() {
        hub.hubFault = (request, answer) -> request.path().contains("old/name")
                ? Answer.of(307, Map.of("Location", request.path().replace("old/name", "org/tiny"))) : answer;
        Path snapshot = new HubDownload(hub.settings(cache), listener()).pull("old/name");
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"));
    }

    @Test void everyFileComesFromOneCommit() {
        pull();
        // two pages and one HEAD
        assertThat(hub.hub.requests.stream().map(Request::path).filter(path -> path.contains("/main")).toList())
                .hasSize(3);
        assertThat(hub.hub.requests.stream().map(Request::path).filter(path -> path.contains(FakeHub.COMMIT)).count())
                .isEqualTo(2 + 4 + 4);
    }

    @Test void withoutLinksTheSnapshotHoldsTheFiles() throws IOException {
        HubSettings plain = FakeHub.settings(hub.hub.uri(), cache, false, false);
        Path snapshot = new HubDownload(plain, listener()).pull("org/tiny");
        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(hub.files.get("model.safetensors"))
                .satisfies(path -> assertThat(Files.isSymbolicLink(path)).isFalse());
        int contents = hub.contentRequests().size();
        assertThat(new HubDownload(plain, listener()).pull("org/tiny")).isEqualTo(snapshot);
        assertThat(hub.contentRequests()).hasSize(contents);
    }

    @Test void progressEndsAtAllBytes() {
        pull();
        long all = Stream.of("config.json", "tokenizer.json", "model.safetensors",
                "additional_chat_templates/tool use.jinja").mapToLong(name -> hub.files.get(name).length).sum();
        assertThat(heard.get(heard.size() - 1)).endsWith(all + "/" + all);
    }

    @Test void aStoppedPullSaysSoAndStaysStopped() {
        Thread.currentThread().interrupt();
        assertThat(error(this::pull)).contains("stopped while fetching");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test void theProxyOfTheEnvironmentIsUsedExceptWhereItSays() throws IOException {
        HubSettings settings = hub.settings(cache);
        try (FakeServer proxy = new FakeServer(request -> Answer.of(418, Map.of()))) {
            for (String exceptions : List.of("elsewhere.example", "127.0.0.1")) {
                HubProxies proxies =
                        new HubProxies(Map.of("HTTP_PROXY", proxy.uri().toString(), "no_proxy", exceptions));
                HubDownload download =
                        new HubDownload(new HubSettings(settings.endpoint(), Optional.empty(), cache, false, true,
                        proxies, settings.patience()), listener());
                if (exceptions.equals("127.0.0.1")) {
                    download.pull("org/tiny");
                } else {
                    assertThat(error(() -> download.pull("org/tiny"))).contains("answers 418");
                }
            }
            assertThat(proxy.requests).singleElement()
                    .satisfies(request -> assertThat(request.path()).startsWith(hub.hub.uri() + "/api/models"));
        }
    }

    @Test void noRedirectLeadsFromHttpsToHttp() {
        URI hub = URI.create("https://hub.example/org/tiny");
        assertThat(HubClient.target(hub, "http://hub.example/x")).isEmpty();
        assertThat(HubClient.target(hub, "//content.example/x")).contains(URI.create("https://content.example/x"));
        assertThat(HubClient.target(URI.create("http://127.0.0.1/x"), "https://content.example/x"))
                .contains(URI.create("https://content.example/x"));
    }

    private Path pull() { return new HubDownload(hub.settings(cache), listener()).pull("org/tiny"); }

    private String refused(int status, String code) {
        hub.hubFault = (request, answer) -> Answer.of(status, code.isEmpty() ? Map.of() : Map.of("X-Error-Code", code));
        return error(this::pull);
    }

    private HubListener listener() {
        return new HubListener() {
            @Override public void progress(Progress progress) {
                heard.add(progress.file() + " " + progress.allDone() + "/" + progress.allSize());
            }

            @Override public void retrying(String what, String reason, Duration wait) {
                heard.add("retry " + what + ": " + reason);
            }
        };
    }

    private static String error(Runnable pull) { return catchThrowableOfType(UserError.class, pull::run).getMessage(); }

    private static List<String> filesBelow(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> !Files.isDirectory(path)).map(path -> folder.relativize(path).toString())
                    .toList();
        }
    }
}
