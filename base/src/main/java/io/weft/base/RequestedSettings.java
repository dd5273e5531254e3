package io.weft.base;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The settings that one request asks for, and how the request and its answer write them. */
record RequestedSettings(Map<RequestedSetting, String> values) {
    static RequestedSettings draw(Draw draw, int count) {
        var values = new TreeMap<RequestedSetting, String>();
        while (values.size() < count) {
            var setting = RequestedSetting.asked(draw);
            values.putIfAbsent(setting, setting.fact().value(draw));
        }
        return new RequestedSettings(values);
    }

    /** In words, in a random order: "3 epochs". */
    String inWords(Draw draw, boolean chinese) {
        var phrases = draw.some(List.copyOf(values.keySet()), values.size()).stream()
                .map(s -> s.fact().inWords(chinese, draw, values.get(s))).toList();
        if (chinese || phrases.size() < 2) {
            return String.join(chinese ? draw.of("，", "，", "、") : ", ", phrases);
        }
        return String.join(", ", phrases.subList(0, phrases.size() - 1)) + draw.of(" and ", " and ", ", ")
                + phrases.get(phrases.size() - 1);
    }

    /** As a command takes them: "train.epochs=3". */
    String asOverrides() {
        return values.entrySet().stream().map(e -> "train." + e.getKey().key() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }

    /** As the members of a recipe's section {@code train}: "epochs: 3"; empty when none is asked for. */
    String asMembers() {
        return values.entrySet().stream().map(e -> e.getKey().key() + ": " + e.getValue())
                .collect(Collectors.joining(", "));
    }
}
