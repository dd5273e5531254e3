package io.weft.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Excerpt;
import io.weft.endpoint.EndpointRefusal.Kind;
import io.weft.file.JsonFile;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/** What came back, and what it means. */
record Reply(int status, HttpHeaders headers, byte[] body) {
    private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529);
    private static final Pattern TOO_LONG = Pattern.compile("(?i)context[_ ]length|maximum context|max_model_len|"
            + "context window|exceeds? the (available )?context|prompt is too long|too many tokens");
    private static final Pattern MISSING_MODEL = Pattern.compile("(?i)model.{0,120}(not found|not exist|no such|"
            + "unknown|not available)|(no such|unknown|invalid) model|model_not_found");
    private static final Pattern FILTERED = Pattern.compile("(?i)content[_ ]filter|content management policy|"
            + "content_policy|data_inspection_failed|inappropriate content|sensitive content|content exists risk");
    private static final Pattern QUOTA = Pattern.compile("(?i)insufficient_quota|insufficient balance|exceeded your "
            + "current quota|billing");

    boolean isGood() { return status / 100 == 2; }

    /** Whether the same request may be answered soon. */
    boolean passes() { return PASSING.contains(status) && !isOutOfQuota(); }

    private boolean isOutOfQuota() { return (status == 429 || status == 402) && QUOTA.matcher(text()).find(); }

    private String text() { return new String(body, StandardCharsets.UTF_8); }

    /** The body, if it is a JSON object. */
    private Optional<JsonNode> json() {
        try {
            return Optional.ofNullable(JsonFile.JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory", impossible);
        }
    }

    /** The service's own words about an error, short, without the key; "" where it has none. */
    String reason(Endpoint endpoint) {
        JsonNode told = json().map(root -> root.path("error").isMissingNode() ? root : root.get("error"))
                .orElseGet(JsonFile.JSON::missingNode);
        String words = told.isTextual() ? told.textValue() : told.path("message")
                .asText(told.path("detail").asText(""));
        return words.isBlank() ? "" : Excerpt.of(hidden(endpoint, words));
    }

    /** The beginning of whatever was sent. */
    private String begin(Endpoint endpoint) { return Excerpt.of(hidden(endpoint, text())); }

    private static String hidden(Endpoint endpoint, String words) {
        return endpoint.key().map(key -> key.hiddenIn(words)).orElse(words);
    }

    /** Whether the service wants {@code max_completion_tokens} in place of {@code max_tokens}. */
    boolean wantsOtherLengthKey() { return status == 400 && text().contains("max_completion_tokens"); }

    /** How long the service asks to wait, by Retry-After in seconds or as a date, or by OpenAI's own header. */
    Optional<Duration> retryAfter(ZonedDateTime now) {
        Optional<Duration> exact = headers.firstValue("retry-after-ms").filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> Duration.ofMillis(Long.parseLong(text)));
        return exact.or(() -> headers.firstValue("retry-after").flatMap(text -> after(text.strip(), now)));
    }

    private static Optional<Duration> after(String text, ZonedDateTime now) {
        if (text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            return Optional.of(Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000)));
        }
        try {
            Duration until = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return Optional.of(until.isNegative() ? Duration.ZERO : until);
        } catch (DateTimeParseException noDate) {
            return Optional.empty();
        }
    }

    /** The answer in a good reply. @throws EndpointRefusal where there is none */
    ChatAnswer answer(Endpoint endpoint) {
        JsonNode root = json().orElseThrow(() -> new EndpointRefusal(Kind.RUBBISH, say("%s answers something that is "
                + "not "
                + "JSON (it begins with '%s'); is the address that of an OpenAI-compatible service, with /v1 at its "
                + "end where the service has that?", endpoint, begin(endpoint)), null));
        JsonNode choice = root.path("choices").path(0), message = choice.path("message");
        String finish = choice.path("finish_reason").asText("");
        if (finish.equals("content_filter")) {
            throw filtered(endpoint, "content_filter");
        }
        JsonNode content = message.path("content");
        if (!message.isObject() || !content.isTextual() && !content.isNull() && !content.isMissingNode()) {
            throw new EndpointRefusal(Kind.RUBBISH, say("%s answers JSON without choices[0].message.content (it begins "
                    + "with '%s'); it does not speak as OpenAI's chat completions do", endpoint, begin(endpoint)),
                    null);
        }
        JsonNode usage = root.path("usage");
        return new ChatAnswer(content.asText(""), finish.equals("null") ? "" : finish,
                usage.path("prompt_tokens").asInt(0), usage.path("completion_tokens").asInt(0));
    }

    private EndpointRefusal filtered(Endpoint endpoint, String reason) {
        return new EndpointRefusal(Kind.FILTERED, say("%s does not answer this text: %s", endpoint, reason), null);
    }

    /** What a refusal that stays one means. @param served models that the service has; "" when it does not say */
    EndpointRefusal refusal(Endpoint endpoint, String served) {
        String text = text(), reason = reason(endpoint);
        if (status == 401 || status == 403) {
            return new EndpointRefusal(Kind.KEY, endpoint.key().map(key -> say("%s refuses the key in %s (%d); check "
                    + "that it is the key of this service and may use this model", endpoint, key.variable(), status))
                    .orElseGet(() -> say("%s wants a key (%d); put it into an environment variable and name the "
                    + "variable", endpoint, status)), null);
        }
        if (isOutOfQuota() || status == 402) {
            return new EndpointRefusal(Kind.QUOTA, say("%s: the account has nothing left to spend (%d); nothing that "
                    + "was answered is lost: run the same command again when it has", endpoint, status), null);
        }
        if (status == 404 || status == 400 && MISSING_MODEL.matcher(text).find()) {
            return MISSING_MODEL.matcher(text).find() || !served.isEmpty()
                    ? new EndpointRefusal(Kind.MODEL, say("%s: the service has no such model (%d)%s", endpoint, status,
                    served.isEmpty() ? "" : say("; it has %s", served)), null)
                    : new EndpointRefusal(Kind.ADDRESS, say("%s: nothing answers at %s (404); does the address end as "
                    + "the service's page has it, often in /v1?", endpoint, endpoint.completions()), null);
        }
        if (TOO_LONG.matcher(text).find() || status == 413) {
            return new EndpointRefusal(Kind.TOO_LONG, say("%s: the text is longer than the model reads (%d): %s",
                    endpoint, status, reason), null);
        }
        if (FILTERED.matcher(text).find()) {
            return filtered(endpoint, reason);
        }
        if (status / 100 == 3) {
            return new EndpointRefusal(Kind.ADDRESS, say("%s redirects (%d), which is not followed because the key "
                    + "would go along; give the address that it redirects to", endpoint, status), null);
        }
        return new EndpointRefusal(Kind.REQUEST, say("%s refuses the request (%d): %s", endpoint, status,
                reason.isEmpty() ? "'" + Excerpt.of(text) + "'" : reason), null);
    }
}
