package io.weft.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Python's pickle machine (cpython Lib/pickletools.py, protocols 2 to 5) with only the operations that {@code
 * torch.save} writes for dictionaries of tensors. A pickle is a program: it may name any function of Python and call
 * it. Here a name is looked up in {@link Objects}, which know a few and refuse every other by name; nothing is loaded,
 * made or called by a name from the file. Values are String, Long, Double, Boolean, {@link #NONE}, {@link Tuple}, List,
 * Map and what the objects make.
 */
final class Unpickler {
    /** Python's None. */
    static final Object NONE = new Object();
    private static final Object MARK = new Object();
    private static final int NEWEST_PROTOCOL = 5, LARGEST_STACK = 1 << 16, LARGEST_COUNT = 1 << 22;
    private final PickleBytes in;
    private final Objects objects;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private int operations;

    /** Python's tuple. Without equality or text of its own contents, which may hold themselves. */
    static final class Tuple {
        final List<Object> items;

        Tuple(List<Object> items) { this.items = items; }
    }

    /** All that a pickle may name and make. */
    interface Objects {
        /** What a name stands for. @throws CorruptFileException when it is not known */
        Object named(String module, String name) throws CorruptFileException;

        /** The result of a function that {@link #named} gave. */
        Object made(Object function, List<Object> arguments) throws CorruptFileException;

        /** What lies outside of the pickle under a name. */
        Object stored(Object name) throws CorruptFileException;

        /** Whether a value may be given attributes, which say nothing about tensors and are dropped. */
        boolean takesState(Object value);
    }

    Unpickler(PickleBytes in, Objects objects) {
        this.in = in;
        this.objects = objects;
    }

    /** The value that the pickle makes. */
    Object read() throws CorruptFileException {
        for (int code = in.unsignedByte(); code != '.'; code = in.unsignedByte()) {
            if (++operations > LARGEST_COUNT || stack.size() > LARGEST_STACK) {
                throw new CorruptFileException(say("its pickle is larger than that of any model"));
            }
            operate(code);
        }
        Object value = pop();
        if (!stack.isEmpty()) {
            throw unexpected(say("a value too many"));
        }
        return value;
    }

    private void operate(int code) throws CorruptFileException {
        switch (code) {
            case 0x80 -> requireProtocol(in.unsignedByte());
            case 0x95 -> in.skipFrame();
            case '(' -> stack.add(MARK);
            case 'N' -> stack.add(NONE);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) in.unsignedByte());
            case 'M' -> stack.add((long) in.unsignedShort());
            case 'J' -> stack.add((long) in.integer());
            case 0x8a -> stack.add(in.integer(in.unsignedByte()));
            case 'G' -> stack.add(in.number());
            case 'X' -> stack.add(in.text(in.integer()));
            case 0x8c -> stack.add(in.text(in.unsignedByte()));
            case ')' -> stack.add(new Tuple(List.of()));
            case 0x85 -> stack.add(new Tuple(last(1)));
            case 0x86 -> stack.add(new Tuple(last(2)));
            case 0x87 -> stack.add(new Tuple(last(3)));
            case 't' -> stack.add(new Tuple(sinceMark()));
            case ']' -> stack.add(new ArrayList<>());
            case 'a' -> append(last(1));
            case 'e' -> append(sinceMark());
            case '}' -> stack.add(new LinkedHashMap<>());
            case 's' -> put(last(2));
            case 'u' -> put(sinceMark());
            case 'q' -> memo.put(in.unsignedByte(), top());
            case 'r' -> memo.put(in.integer(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> stack.add(remembered(in.unsignedByte()));
            case 'j' -> stack.add(remembered(in.integer()));
            case 'c' -> stack.add(objects.named(in.line(), in.line()));
            case 0x93 -> global(last(2));
            case 'i' -> throw instance(in.line(), in.line());
            case 'R' -> reduce(last(2));
            case 'b' -> build(pop());
            case 'Q' -> stack.add(objects.stored(pop()));
            default -> throw new CorruptFileException(say("byte %d: the pickle operation 0x%02x, which torch.save "
                    + "writes for no tensor", in.position() - 1, code));
        }
    }

    private static void requireProtocol(int version) throws CorruptFileException {
        if (version < 2 || version > NEWEST_PROTOCOL) {
            throw new CorruptFileException(say("pickle protocol %d; 2 to %d are known", version, NEWEST_PROTOCOL));
        }
    }

    private void append(List<Object> items) throws CorruptFileException { list(top()).addAll(items); }

    private void put(List<Object> items) throws CorruptFileException {
        Map<Object, Object> target = map(top());
        if (items.size() % 2 != 0) {
            throw unexpected(say("a key without a value"));
        }
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof String) && !(items.get(i) instanceof Long)) {
                throw unexpected(say("a key that is neither text nor a number"));
            }
            target.put(items.get(i), items.get(i + 1));
        }
    }

    private void global(List<Object> names) throws CorruptFileException {
        stack.add(objects.named(as(String.class, names.get(0)), as(String.class, names.get(1))));
    }

    /**
     * An instance of a class by its name, as protocol 0 makes it: refused, by the same name where the class is one that
     * is not known.
     */
    private CorruptFileException instance(String module, String name) throws CorruptFileException {
        objects.named(module, name);
        return unexpected(say("an instance of %s.%s", CorruptFileException.printable(module),
                CorruptFileException.printable(name)));
    }

    private void reduce(List<Object> call) throws CorruptFileException {
        stack.add(objects.made(call.get(0), as(Tuple.class, call.get(1)).items));
    }

    /**
     * The attributes that modules hang on their ordered dictionaries ({@code _metadata}) say nothing about tensors and
     * are dropped; nothing else may get a state.
     */
    private void build(Object state) throws CorruptFileException {
        map(state);
        if (!objects.takesState(top())) {
            throw unexpected(say("a state for what takes none"));
        }
    }

    private Object remembered(int index) throws CorruptFileException {
        Object value = memo.get(index);
        if (value == null) {
            throw unexpected(say("a reference to a value that was never made"));
        }
        return value;
    }

    private Object top() throws CorruptFileException {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw unexpected(say("a value too few"));
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws CorruptFileException {
        top();
        return stack.remove(stack.size() - 1);
    }

    private List<Object> last(int count) throws CorruptFileException { return taken(stack.size() - count, 0); }

    private List<Object> sinceMark() throws CorruptFileException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw unexpected(say("a value too few"));
        }
        return taken(mark, 1);
    }

    /** Takes the stack's values from an index on, and drops the mark in front of them when there is one. */
    private List<Object> taken(int from, int marks) throws CorruptFileException {
        if (from < 0 || stack.subList(from + marks, stack.size()).contains(MARK)) {
            throw unexpected(say("a value too few"));
        }
        List<Object> upper = stack.subList(from, stack.size());
        List<Object> values = new ArrayList<>(upper.subList(marks, upper.size()));
        upper.clear();
        return values;
    }

    @SuppressWarnings("unchecked")
    private List<Object> list(Object value) throws CorruptFileException { return as(List.class, value); }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> map(Object value) throws CorruptFileException { return as(Map.class, value); }

    private <T> T as(Class<T> type, Object value) throws CorruptFileException {
        if (!type.isInstance(value)) {
            throw unexpected(say("a value of another kind than the operation takes"));
        }
        return type.cast(value);
    }

    private CorruptFileException unexpected(String what) {
        return new CorruptFileException(say("byte %d of its pickle: %s", in.position(), what));
    }
}
