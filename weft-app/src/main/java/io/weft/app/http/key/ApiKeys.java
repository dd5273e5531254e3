package io.weft.app.http.key;

import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that a server knows. For any thread; a reading of the file changes all of them at once. */
public final class ApiKeys {
    private final Optional<ApiKey> only;
    private final Optional<Path> file;
    private volatile Map<String, Client> clients;

    /** A key with what its client may still ask. */
    public record Client(ApiKey key, Allowance allowance) {}

    private ApiKeys(Optional<ApiKey> only, Optional<Path> file) {
        this.only = only;
        this.file = file;
        clients = Map.of();
    }

    /** None: whoever reaches the server is let in. */
    public static ApiKeys none() { return new ApiKeys(Optional.empty(), Optional.empty()); }

    /** @param key of its own name, "default"  @param file of more  @throws UserError when the file cannot be read */
    public static ApiKeys of(Optional<String> key, Optional<Path> file) {
        ApiKeys keys = new ApiKeys(key.map(ApiKey::only), file);
        keys.read();
        return keys;
    }

    /** Reads the file again; without one nothing changes. @throws UserError when it cannot be; the keys stay then */
    public void read() {
        List<ApiKey> read = new ArrayList<>(only.stream().toList());
        file.map(KeyFile::read).ifPresent(read::addAll);
        Map<String, Client> now = new HashMap<>();
        for (ApiKey key : read) {
            Client before = clients.get(key.name());
            boolean same = before != null && before.key().requests().equals(key.requests())
                    && before.key().tokens().equals(key.tokens());
            // what a client has used stays used when the file is written anew
            now.put(key.name(), new Client(key, same ? before.allowance()
                    : new Allowance(key.requests(), key.tokens(), System::nanoTime)));
        }
        clients = now;
    }

    public Optional<Path> file() { return file; }

    /** Whether clients must show a key. */
    public boolean areAsked() { return only.isPresent() || file.isPresent(); }

    public int count() { return clients.size(); }

    /** Whose key it is. Takes as long for a wrong key as for a right one. */
    public Optional<Client> find(String shown) {
        byte[] hash = ApiKey.hash(shown);
        Client found = null;
        for (Client client : clients.values()) {
            found = client.key().has(hash) ? client : found;
        }
        return Optional.ofNullable(found);
    }
}
