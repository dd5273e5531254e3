package io.weft.data.personal;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import java.util.regex.Pattern;

/** What stands around a number and says what it is. */
final class Surroundings {
    /** A label that is not the number's own stands further away than so many characters. */
    private static final int NEAR = 24;
    private static final JsonNode WORDS = JsonFile.beside(Surroundings.class, "surroundings.json");
    private static final Pattern OTHER = label("other"), PHONE = label("phone"), IDENTITY = label("identity"),
            CARD = label("card"), UNIT = Pattern.compile(WORDS.path("unit").asText());

    private static Pattern label(String name) {
        return Pattern.compile(WORDS.path(name).asText() + WORDS.path("labelEnd").asText());
    }

    private Surroundings() {}

    private static String before(String text, int start) { return text.substring(Math.max(0, start - NEAR), start); }

    /** Whether the text calls it an order, a version, a serial number or the like, or counts something with it. */
    static boolean sayOther(String text, int start, int end) {
        return OTHER.matcher(before(text, start)).find()
                || UNIT.matcher(text.substring(end, Math.min(text.length(), end + NEAR))).find();
    }

    static boolean sayPhone(String text, int start) { return PHONE.matcher(before(text, start)).find(); }

    static boolean sayIdentity(String text, int start) { return IDENTITY.matcher(before(text, start)).find(); }

    static boolean sayCard(String text, int start) { return CARD.matcher(before(text, start)).find(); }

    /** The digits alone. */
    static String digits(String text) { return text.replaceAll("[^0-9]", ""); }
}
