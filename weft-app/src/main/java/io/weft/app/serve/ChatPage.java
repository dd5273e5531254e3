package io.weft.app.serve;

import io.weft.app.http.Page;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The page on which people chat with the model: its files. None holds anything of the model or its clients. */
final class ChatPage {
    /** Each at its own path, the page itself at {@code /}. */
    static final List<String> FILES = List.of("page.html", "page.css", "page.js", "icon.svg", "page/answering.js",
            "page/code.js", "page/conversation.js", "page/elements.js", "page/inline.js", "page/judge.js",
            "page/markdown.js", "page/server.js", "page/settings.js", "page/sidebar.js", "page/store.js",
            "page/stream.js", "page/theme.js", "page/thread.css", "page/thread.js", "page/words.js");

    private ChatPage() {}

    static Page page() { return new Page(ChatPage.class, byPath()); }

    /** Where the files are served, open to browsers without a key: the page asks its user for that. And others. */
    static Set<String> pathsAnd(Set<String> others) {
        Set<String> paths = new HashSet<>(byPath().keySet());
        paths.addAll(others);
        return paths;
    }

    private static Map<String, String> byPath() {
        Map<String, String> files = new LinkedHashMap<>();
        FILES.forEach(file -> files.put(file.equals("page.html") ? "/" : "/" + file, file));
        return files;
    }
}
