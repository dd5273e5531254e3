package io.weft.generate;

import io.weft.nn.KeyValueCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Full pages of prompts and answers, kept for prompts that begin alike, until their room is wanted: those used longest
 * ago go first. Pages are known by all the ids up to their end and by the adapter that they were computed with. Belongs
 * to the thread of its cache.
 */
final class PrefixCache {
    private static final int PAGE = KeyValueCache.PAGE;
    private final KeyValueCache cache;
    private final Map<Optional<String>, Node> roots = new HashMap<>();
    private long clock;

    PrefixCache(KeyValueCache cache) { this.cache = cache; }

    /** One page behind those before it. */
    private static final class Node {
        private final Node before;
        private final List<Integer> ids;
        private final int page;
        private final Map<List<Integer>, Node> behind = new HashMap<>();
        private long used;

        Node(Node before, List<Integer> ids, int page) {
            this.before = before;
            this.ids = ids;
            this.page = page;
        }
    }

    /** The pages of the longest known beginning. @param most tokens of it */
    int[] find(Optional<String> adapter, int[] ids, int most) {
        int[] found = new int[most / PAGE];
        int count = 0;
        Node node = roots.get(adapter);
        while (node != null && count < found.length) {
            node = node.behind.get(chunk(ids, count));
            if (node != null) {
                node.used = ++clock;
                found[count++] = node.page;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Keeps the full pages of a row. @param ids of its tokens, and perhaps more */
    void keep(Optional<String> adapter, int[] ids, KeyValueCache.Row row) {
        Node node = roots.computeIfAbsent(adapter, key -> new Node(null, List.of(), -1));
        for (int n = 0; n < row.length() / PAGE; n++) {
            List<Integer> chunk = chunk(ids, n);
            Node next = node.behind.get(chunk);
            if (next == null) {
                next = new Node(node, chunk, row.page(n));
                cache.hold(next.page);
                node.behind.put(chunk, next);
            }
            next.used = ++clock;
            node = next;
        }
    }

    private static List<Integer> chunk(int[] ids, int n) {
        return Arrays.stream(ids, n * PAGE, (n + 1) * PAGE).boxed().toList();
    }

    /** Frees pages that nobody else holds, those used longest ago first. @return how many, at most those wanted */
    int free(int wanted) {
        List<Node> ends = all();
        // whoever used a page used those before it, so an end was used no later than what it stands behind
        ends.sort(Comparator.comparingLong(node -> node.used));
        int freed = 0;
        for (boolean any = true; any && freed < wanted; ) {
            any = false;
            for (Node node : ends) {
                if (freed < wanted && node.behind.isEmpty() && node.before.behind.get(node.ids) == node
                        && cache.holders(node.page) == 1) {
                    drop(node);
                    freed++;
                    any = true;
                }
            }
        }
        return freed;
    }

    private void drop(Node node) {
        node.before.behind.remove(node.ids);
        cache.release(node.page);
    }

    private List<Node> all() {
        List<Node> all = new ArrayList<>();
        roots.values().forEach(root -> gather(root, all));
        return all;
    }

    private static void gather(Node node, List<Node> into) {
        for (Node next : node.behind.values()) {
            into.add(next);
            gather(next, into);
        }
    }

    /** Pages that it holds. */
    int pages() { return all().size(); }

    /** Forgets what was computed with an adapter, which will be another one. */
    void forget(Optional<String> adapter) {
        Node root = roots.remove(adapter);
        if (root != null) {
            List<Node> gone = new ArrayList<>();
            gather(root, gone);
            gone.forEach(node -> cache.release(node.page));
        }
    }
}
