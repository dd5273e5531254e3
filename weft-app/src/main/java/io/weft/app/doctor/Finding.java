package io.weft.app.doctor;

/**
 * What one check found.
 *
 * @param name   short and stable, for scripts
 * @param title for readers
 * @param found what there is, and what is wanted where that is not met
 * @param remedy what to do; "" when there is nothing to do
 */
public record Finding(String name, String title, Verdict verdict, String found, String remedy) {
    /** FAIL: Weft does not work as things are. WARN: it works, with less speed, room or comfort. */
    public enum Verdict { OK, WARN, FAIL }

    static Finding ok(String name, String title, String found) {
        return new Finding(name, title, Verdict.OK, found, "");
    }

    static Finding warn(String name, String title, String found, String remedy) {
        return new Finding(name, title, Verdict.WARN, found, remedy);
    }

    static Finding fail(String name, String title, String found, String remedy) {
        return new Finding(name, title, Verdict.FAIL, found, remedy);
    }
}
