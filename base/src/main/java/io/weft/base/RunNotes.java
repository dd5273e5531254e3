package io.weft.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A request that comes as notes: a line that says what is wanted, and the values as a list in the row's input. */
final class RunNotes {
    private RunNotes() { }

    /** The values that the answer's template uses, and the wishes, in a random order. */
    static String write(Draw draw, boolean chinese,
            List<String> used, Map<String, String> said, RequestedSettings wishes) {
        var items = new ArrayList<String>();
        String colon = chinese ? draw.of("：", ": ", " ") : draw.of(": ", ": ", " = ", " ");
        Phrases.NOTES.names().stream().filter(used::contains)
                .forEach(name -> items.add(draw.of(Phrases.NOTES.at(name).list(chinese ? "chinese" : "english")) + colon
                + said.get(name)));
        boolean named = draw.oneIn(2);
        wishes.values()
                .forEach((setting, value) -> items.add(named
                ? (chinese ? setting.fact().chineseName() : setting.fact().englishName()) + colon + value
                : setting.fact().inWords(chinese, draw, value)));
        String bullet = draw.of("", "", "- ");
        var lines = draw.some(items, items.size());
        return draw.oneIn(3) ? String.join(chinese ? "，" : ", ", lines) : bullet + String.join("\n" + bullet, lines);
    }
}
