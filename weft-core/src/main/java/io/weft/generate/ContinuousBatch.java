package io.weft.generate;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.Device;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Answers that are made together, token by token: another joins at any pass through the model and leaves at its end
 * (Yu et al. 2022, Orca). A pass takes the last token of each answer, and some of the prompts that are not read yet.
 * Keys and values lie in pages; where these run short, what finished answers left goes first, and then the youngest
 * answer gives its pages back and is fed anew later. Owns native memory of the scope that made it; belongs to the
 * thread of its model.
 */
public final class ContinuousBatch {
    /** Prompt tokens in one pass: enough for full speed, few enough that an unwanted answer ends soon. */
    private static final int PROMPT_TOKENS_ALONE = 512;
    /** The same beside answers, whose next tokens wait for it. */
    private static final int PROMPT_TOKENS_BESIDE = 128;
    private static final int PIECE = KeyValueCache.PIECE;
    private final CausalLm model;
    private final Room room;
    private final KeyValueCache cache;
    private final PrefixCache kept;
    private final PromptLookup lookup = new PromptLookup();
    private int turn;
    private final Deque<Choice> waiting = new ArrayDeque<>();
    private final List<Choice> active = new ArrayList<>(); // those that came first stand first

    /**
     * What it may take.
     *
     * @param answers most answers at once; choices of one prompt may exceed it
     * @param pages   of the cache
     * @param keeps   whether pages of finished answers are kept for prompts that begin alike
     * @param guesses whether tokens are guessed from prompt and answer where that is faster: what decides is measured,
     *     so results may differ from run to run as far as rounding goes
     */
    public record Room(int answers, int pages, boolean keeps, boolean guesses) {
        /** One that does the same in every run. */
        public Room(int answers, int pages, boolean keeps) { this(answers, pages, keeps, false); }

        /** Tokens that the pages hold. */
        public long tokens() { return (long) pages * KeyValueCache.PAGE; }

        /** @throws UserError when so long a prompt, with a token of its answer, can never be held */
        public void require(Request request) {
            if (request.ids().length + 1 > tokens()) {
                throw UserError.of(say("the prompt has %,d tokens, and there is room for the keys and values of %,d; "
                        + "shorten it", request.ids().length, tokens()));
            }
        }
    }

    public ContinuousBatch(CausalLm model, Room room) {
        this.model = model;
        this.room = room;
        cache = model.cache(room.pages);
        kept = new PrefixCache(cache);
    }

    /** Takes a prompt in; its answers begin as soon as there is room. @throws UserError when there never is */
    public void add(Request request) {
        room.require(request);
        waiting.add(new Choice(request.within(room.tokens()), 0));
    }

    /** Whether nothing is left to answer. */
    public boolean isEmpty() { return waiting.isEmpty() && active.isEmpty(); }

    /** Whether a prompt that is added now may begin at once, as far as the number of answers goes. */
    public boolean hasPlace() { return waiting.size() + active.size() < room.answers; }

    /** Answers on their way. */
    public int answering() { return active.size(); }

    /** Tokens whose keys and values are held, those kept for later prompts among them. */
    public long heldTokens() { return (long) (cache.pages() - cache.free()) * KeyValueCache.PAGE; }

    public Room room() { return room; }

    /** Forgets what finished answers of an adapter left, because another one will have its name. */
    public void forget(Optional<String> adapter) { kept.forget(adapter); }

    /** Whether answers that come through an adapter wait or are on their way. */
    public boolean uses(Optional<String> adapter) {
        return Stream.concat(waiting.stream(), active.stream())
                .anyMatch(choice -> choice.request.adapter().equals(adapter));
    }

    /** Ends all that is not answered yet. */
    public void failAll(RuntimeException cause) {
        List<Choice> all = Stream.concat(waiting.stream(), active.stream()).toList();
        waiting.clear();
        active.clear();
        all.forEach(Choice::leave);
        all.stream().map(choice -> choice.request).distinct().forEach(request -> request.listener().failed(cause));
    }

    /** One pass through the model, for all that may take part in it. */
    public void step() {
        Device.run(model.device(), () -> {
            endUnwanted();
            admit();
            if (!active.isEmpty()) {
                List<Part> parts = parts();
                long begun = System.nanoTime();
                Scope.run(() -> pass(parts));
                tell(parts, (System.nanoTime() - begun) / 1e9);
                endUnwanted();
            }
        });
    }

    // ---- who takes part ----

    /** Answers that are over, or that nobody wants, are told and leave. */
    private void endUnwanted() {
        Stream.concat(active.stream(), waiting.stream()).toList().forEach(Choice::endUnlessWanted);
        List<Choice> over = Stream.concat(active.stream(), waiting.stream()).filter(Choice::isOver).toList();
        active.removeAll(over);
        waiting.removeAll(over);
        for (Choice choice : over) {
            if (choice.row() != null && room.keeps) {
                kept.keep(choice.request.adapter(), choice.ids(), choice.row());
            }
            choice.leave();
            choice.request.listener().ended(choice.index, choice.answer());
            if (isAskedAlone(choice)) { // nobody read the prompt for the others, and nobody will
                for (int other = 1; other < choice.request.options().choices(); other++) {
                    choice.request.listener().ended(other, choice.answer());
                }
            }
        }
    }

    /** Whether it stands for all choices of its prompt, which is not read yet. */
    private static boolean isAskedAlone(Choice choice) { return choice.index == 0 && !choice.hasForked(); }

    /** Those that wait take places, in their order, as long as there are places and pages. */
    private void admit() {
        while (!waiting.isEmpty() && active.size() < room.answers) {
            Choice next = waiting.peek();
            // the last token is always fed: its logits are wanted
            int most = (next.known() - 1) / PIECE * PIECE; // in whole pieces, as if they had been fed now
            int[] known = room.keeps ? kept.find(next.request.adapter(), next.ids(), most) : new int[0];
            known = Arrays.copyOf(known, known.length - known.length % (PIECE / KeyValueCache.PAGE));
            KeyValueCache.Row row = cache.open(known);
            // a page more for each of the others, so that nobody has to give way at once
            int wanted = row.wants(next.known() + 1 - row.length());
            if (!free(active.isEmpty() ? wanted : wanted + active.size())) {
                row.close();
                return;
            }
            row.reserve(next.known() - row.length(), true);
            active.add(waiting.remove());
            next.enter(row);
        }
    }

    /** Whether so many pages are free, perhaps after what is kept for later prompts has made way. */
    private boolean free(int wanted) {
        return cache.free() >= wanted || cache.free() + kept.free(wanted - cache.free()) >= wanted;
    }

    /** The next tokens of an answer: known ones, then those that are guessed to follow. */
    private static final class Part {
        private final Choice choice;
        private final int count;
        private final int[] guessed;
        private int taken;

        Part(Choice choice, int count, int[] guessed) {
            this.choice = choice;
            this.count = count;
            this.guessed = guessed;
        }

        int fed() { return count + guessed.length; }

        IntStream ids() {
            int from = choice.row().length();
            return IntStream.concat(Arrays.stream(choice.ids(), from, from + count), Arrays.stream(guessed));
        }

        /** Whether logits follow: all that is known is fed. */
        boolean isReady() { return count == choice.unfed(); }
    }

    /** What passes of answers alone took, and brought. */
    private void tell(List<Part> parts, double seconds) {
        if (parts.stream().allMatch(part -> part.count == 1)) {
            lookup.passed(seconds, parts.stream().filter(part -> part.guessed.length > 0)
                    .mapToInt(part -> part.taken).average().orElse(0));
        }
    }

    /**
     * A share of the room for prompts for each that is read, in whole pieces: so an answer does not depend on how many
     * prompts are read beside its own.
     */
    private List<Part> parts() {
        long answers = active.stream().filter(choice -> choice.unfed() == 1).count();
        int left = answers == 0 ? PROMPT_TOKENS_ALONE : PROMPT_TOKENS_BESIDE;
        int[] counts = new int[active.size()];
        List<Integer> reading = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            counts[i] = active.get(i).unfed() == 1 ? 1 : 0;
            if (counts[i] == 0) {
                reading.add(i);
            }
        }
        Collections.rotate(reading, turn++); // where there is not room for all, each is the first in its turn
        while (left > 0 && !reading.isEmpty()) {
            int share = Math.max(1, left / PIECE / reading.size()) * PIECE;
            for (int i : reading) {
                int more = Math.min(Math.min(share, left), active.get(i).unfed() - counts[i]);
                counts[i] += more;
                left -= more;
            }
            reading.removeIf(i -> counts[i] == active.get(i).unfed());
        }
        boolean guesses = room.guesses && answers == counts.length && lookup.pays();
        return withPages(IntStream.range(0, counts.length).filter(i -> counts[i] > 0)
                .mapToObj(i -> new Part(active.get(i), counts[i], guesses ? active.get(i).guess() : new int[0]))
                .toList());
    }

    /** Those for whose tokens there are pages: where they run short, the youngest gives its own back. */
    private List<Part> withPages(List<Part> parts) {
        List<Part> all = new ArrayList<>(parts);
        while (!free(all.stream().mapToInt(part -> part.choice.row().wants(part.fed())).sum())) {
            Choice youngest = active.remove(active.size() - 1);
            if (active.isEmpty()) {
                throw new IllegalStateException("one answer wants more than all " + cache.pages() + " pages");
            }
            youngest.leave();
            waiting.addFirst(youngest);
            all.removeIf(part -> part.choice == youngest);
        }
        return all;
    }

    // ---- the pass ----

    private void pass(List<Part> parts) {
        // neighbours of one adapter are computed together
        List<Part> all = parts.stream().sorted(Comparator.comparing(part -> part.choice.request.adapter().orElse("")))
                .toList();
        int[] counts = all.stream().mapToInt(Part::fed).toArray();
        int[] ids = all.stream().flatMapToInt(Part::ids).toArray();
        List<Part> ready = new ArrayList<>();
        IntStream.Builder wanted = IntStream.builder();
        for (int i = 0, end = 0; i < counts.length; i++) {
            end += counts[i];
            if (all.get(i).isReady()) {
                IntStream.range(end - 1 - all.get(i).guessed.length, end).forEach(wanted::add);
                ready.add(all.get(i));
            }
        }
        Pass pass = cache.next(all.stream().map(part -> part.choice.row()).toList(), counts)
                .with(Adapters.each(all.stream().map(part -> part.choice.request.adapter()).toList()));
        Tensor hidden = model.hidden(ids, pass);
        if (ready.isEmpty()) {
            return;
        }
        int[] places = wanted.build().toArray();
        Tensor logits = model.logits(places.length == ids.length ? hidden
                : hidden.rows(Tensor.of(places, places.length)), pass.ofTokens(places));
        choose(forked(ready), logits);
    }

    /** Answers and, where a prompt is read now, all of its choices. @return row of the logits of each */
    private List<Ready> forked(List<Part> ready) {
        List<Ready> all = new ArrayList<>();
        int next = 0;
        for (Part part : ready) {
            int row = next;
            Choice choice = part.choice;
            all.add(new Ready(choice, part, row));
            next += 1 + part.guessed.length;
            if (choice.made() == 0 && choice.index == 0 && !choice.hasForked()) {
                if (room.keeps) {
                    kept.keep(choice.request.adapter(), choice.ids(), choice.row());
                }
                for (Choice other : choice.fork()) {
                    // the last page is copied where there is one for it; else the prompt is fed anew later
                    if (free(1)) {
                        other.enter(choice.row().fork());
                        active.add(active.indexOf(choice) + other.index, other);
                        all.add(new Ready(other, part, row));
                    } else {
                        waiting.addFirst(other);
                    }
                }
            }
        }
        return all;
    }

    /** @param row of the logits behind the last known token; those behind guesses follow it */
    private record Ready(Choice choice, Part part, int row) {}

    /** logits [rows, V] -> the next token of each, taken. */
    private void choose(List<Ready> ready, Tensor logits) {
        boolean allFinite = logits.isFinite();
        boolean plain = allFinite && ready.stream().allMatch(one -> one.choice.takesHighestLogit()
                && one.choice.logprobs().isEmpty());
        int[] highest = plain ? logits.argmax().toInts() : null;
        for (Ready one : ready) {
            int[] guessed = one.part.guessed;
            int right = 0;
            for (boolean goesOn = true; goesOn; ) {
                int row = one.row + right;
                int id = plain ? taken(one.choice, highest[row])
                        : take(one.choice, logits.narrow(0, row, 1), allFinite);
                goesOn = right < guessed.length && !one.choice.isOver() && id == guessed[right];
                right += goesOn ? 1 : 0;
                one.part.taken++;
            }
            if (guessed.length > right && one.choice.row() != null) {
                one.choice.row().shorten(one.choice.row().length() - guessed.length + right);
            }
        }
    }

    private static int taken(Choice choice, int id) {
        choice.take(id, Optional.empty());
        return id;
    }

    /** The next token, taken; -1 where there is none. */
    private int take(Choice choice, Tensor logits, boolean finite) {
        if (choice.isOver()) {
            return -1; // its request has failed in this pass
        }
        if (!finite && !logits.isFinite()) {
            fail(choice.request, UserError.of(
                    say("the model's scores are not finite: its weights are damaged or its training diverged")));
            return -1;
        }
        if (choice.takesHighestLogit() && choice.logprobs().isEmpty()) {
            return taken(choice, logits.argmax().toInts()[0]);
        }
        float[] scores = logits.toFloats();
        Optional<TokenLogprob.Place> place = choice.logprobs().isEmpty() ? Optional.empty()
                : Optional.of(new TokenLogprob.Place(scores, choice.logprobs().getAsInt()));
        int id;
        try {
            id = choice.choose(scores);
        } catch (UserError e) {
            fail(choice.request, e);
            return -1;
        }
        choice.take(id, place.map(told -> told.of(id)));
        return id;
    }

    private void fail(Request request, UserError cause) {
        for (List<Choice> all : List.of(active, new ArrayList<>(waiting))) {
            all.stream().filter(choice -> choice.request == request).toList().forEach(choice -> {
                choice.leave();
                choice.drop();
                active.remove(choice);
                waiting.remove(choice);
            });
        }
        request.listener().failed(cause);
    }
}
