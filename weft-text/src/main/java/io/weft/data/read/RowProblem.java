package io.weft.data.read;

import io.weft.data.Excerpt;

import static io.weft.problem.Language.say;

/** What is wrong with a row. @param reason the word that {@link Rejected#reason} counts by  @param text what was found and what to do */
public record RowProblem(String reason, String text) {
    static RowProblem missing(String field, String has) {
        return new RowProblem("missing:" + field, say("'%s' is missing (has %s); set data.format or fix the row", "缺少 '%s'(有 %s);请设置 data.format 或修正该行", field, has));
    }

    static RowProblem notText(String field, String found) {
        return new RowProblem("not_a_string:" + field, say("'%s' is %s; expected text", "'%s' 是%s;应为文本", field, found));
    }

    static RowProblem blank(String field) { return new RowProblem("blank:" + field, say("'%s' is empty; expected text", "'%s' 为空;应有文本", field)); }

    static RowProblem brokenCharacter(String field) {
        return new RowProblem("broken_character:" + field, say("'%s' holds half of a character (a lone surrogate such as \\ud83d); write the whole character",
                "'%s' 含有半个字符(单独的代理项,如 \\ud83d);请写出完整字符", field));
    }

    static RowProblem unsupported(String field, String english, String chinese) {
        return new RowProblem("unsupported:" + field, say("'%s': " + english, "'%s':" + chinese, field));
    }

    static RowProblem duplicateKey(String field) {
        return new RowProblem("duplicate_key:" + Excerpt.of(field), say("the key '%s' stands twice in one object; keep one", "同一对象中键 '%s' 出现两次;请只保留一个", Excerpt.of(field)));
    }

    static RowProblem tooLarge() {
        return new RowProblem("too_large", say("longer than %d characters; split the row", "超过 %d 个字符;请拆分该行", RowReader.LARGEST_ROW));
    }

    static RowProblem notAnObject(String found) {
        return new RowProblem("not_an_object", say("%s stands where a row is expected; a row is an object {\"field\": …}", "应为一行数据,却是%s;一行应为对象 {\"字段\": …}", found));
    }
}
