package io.weft.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A request that comes as notes: a line that says what is wanted, and the values as a list in the row's input. */
final class RunNotes {
    private record Label(String name, List<String> english, List<String> chinese) { }

    private static final List<Label> LABELS = List.of(
            new Label("model", List.of("model", "base model", "base"), List.of("模型", "底座", "基座模型")),
            new Label("data", List.of("data", "training data", "dataset"), List.of("数据", "训练数据", "数据集")),
            new Label("out", List.of("out", "output", "run", "save to"), List.of("输出", "保存到", "运行名", "输出目录")),
            new Label("recipe", List.of("recipe", "recipe file"), List.of("配方", "配方文件")));

    private RunNotes() { }

    /** The values that the answer's template uses, and the wishes, in a random order. */
    static String write(Draw draw, boolean chinese,
            List<String> used, Map<String, String> said, RequestedSettings wishes) {
        var items = new ArrayList<String>();
        String colon = chinese ? draw.of("：", ": ", " ") : draw.of(": ", ": ", " = ", " ");
        LABELS.stream().filter(label -> used.contains(label.name))
                .forEach(label -> items.add(draw.of(chinese ? label.chinese : label.english) + colon
                + said.get(label.name)));
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
