package io.weft.app.serve;

import io.weft.app.http.Refusal;
import io.weft.loaded.LoadedModel;
import io.weft.nn.Adapters;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import static io.weft.problem.Language.say;

/**
 * One base, and the adapters that are open on it, each under a name. Any thread may look names up; only the model's
 * opens and frees.
 */
final class ServedModels {
    /** The model of an adapter without it. */
    static final String BASE = "base";
    /** Adapters beside the first model. Each takes memory as long as it is open. */
    static final int MOST = 16;
    private final Map<String, Entry> byName = new LinkedHashMap<>();
    private final List<Entry> leaving = new ArrayList<>();
    private long clock;

    /** A model under its name. */
    static final class Entry {
        final String name;
        final ServedModel model;
        private final AtomicInteger users = new AtomicInteger();
        private final boolean isBeside;
        private long used;

        Entry(String name, ServedModel model, boolean isBeside) {
            this.name = name;
            this.model = model;
            this.isBeside = isBeside;
        }

        /** The adapter that works in its answers. */
        Optional<String> adapter() {
            return model.loaded().map(LoadedModel::works).orElse(Adapters.DEFAULT).of(0);
        }

        /** A question of it has ended. */
        void leave() { users.decrementAndGet(); }
    }

    ServedModels(String name, ServedModel first) {
        byName.put(name, new Entry(name, first, false));
        // only there is something to leave out
        first.loaded().filter(loaded -> loaded.adapter().isPresent() && !loaded.model().readout().isOfRows()
                && !name.equals(BASE)).ifPresent(loaded ->
                byName.put(BASE, new Entry(BASE, ServedModel.of(loaded.untuned()), false)));
    }

    synchronized List<String> names() { return List.copyOf(byName.keySet()); }

    synchronized Entry first() { return byName.values().iterator().next(); }

    /** The one that a question is for, which counts as used until {@link Entry#leave}. @throws Refusal for another */
    synchronized Entry enter(Optional<String> name) {
        Entry entry = name.map(byName::get).orElseGet(() -> name.isPresent() ? null : first());
        if (entry == null) {
            throw Refusal.request(404, "model_not_found", "model", say("there is no model %s here; there is %s",
                    name.get(), String.join(say(", "), byName.keySet())));
        }
        entry.users.incrementAndGet();
        entry.used = ++clock;
        return entry;
    }

    /** @throws UserError when the name is taken, or the adapter does not fit */
    void open(String name, Path adapter) {
        ServedModel first;
        synchronized (this) {
            first = first().model;
            if (byName.containsKey(name) || leaving.stream().anyMatch(entry -> entry.name.equals(name))) {
                throw UserError.of(say("there is a model %s here already; choose another name, or release that one "
                        + "first", name));
            }
            makeRoom();
        }
        LoadedModel base = first.loaded().orElseThrow(() -> UserError.of(say("adapters cannot be opened here")));
        Entry entry = new Entry(name, ServedModel.of(base.beside(name, adapter)), true);
        synchronized (this) {
            entry.used = ++clock;
            byName.put(name, entry);
        }
    }

    /** Where there are as many as may be, the one used longest ago of those that nobody uses goes. */
    private void makeRoom() {
        List<Entry> beside = byName.values().stream().filter(entry -> entry.isBeside).toList();
        if (beside.size() >= MOST) {
            Entry oldest = beside.stream().filter(entry -> entry.users.get() == 0)
                    .min(Comparator.comparingLong(entry -> entry.used)).orElseThrow(() -> UserError.of(say("%d "
                    + "adapters are open and all are in use; try again later, or release one", MOST)));
            release(oldest.name);
        }
    }

    /** Nobody can ask for it any more. @throws UserError when there is none of that name that was opened */
    synchronized void release(String name) {
        Entry entry = byName.get(name);
        if (entry == null || !entry.isBeside) {
            throw UserError.of(say("no adapter was opened under the name %s", name));
        }
        byName.remove(name);
        leaving.add(entry);
    }

    /** Frees what was released and is not used any more. @return what was freed */
    synchronized List<Entry> free() {
        List<Entry> gone = leaving.stream().filter(entry -> entry.users.get() == 0).toList();
        leaving.removeAll(gone);
        gone.forEach(entry -> entry.model.loaded().orElseThrow().release());
        return gone;
    }

    /** Frees the tokenizers. */
    synchronized void close() {
        byName.values().stream().filter(entry -> !entry.name.equals(BASE) || entry.isBeside)
                .forEach(entry -> entry.model.tokenizer().close());
    }
}
