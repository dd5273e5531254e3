package io.weft.data.personal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** E-mail addresses; not {@code git@host:path}, names of files such as {@code icon@2x.png}, or versions of packages. */
final class EmailFinder implements Finder {
    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w.+%/@-])[A-Za-z0-9_](?:[A-Za-z0-9._%+-]{0,62}"
            + "[A-Za-z0-9_+"
            + "-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.){1,5}([A-Za-z]{2,24})(?![\\w@-])(?!:[\\w/~])"
            + "(?!\\.[A-Za-z0-9])");
    /** Ends of files, which are no ends of hosts that anybody has mail at. */
    private static final Set<String> FILES = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "py",
            "java", "json", "txt", "md", "html", "local", "localhost", "service", "conf", "yaml", "yml");

    @Override public List<Span> find(String text) {
        List<Span> found = new ArrayList<>();
        for (Matcher matcher = ADDRESS.matcher(text); matcher.find();) {
            if (!FILES.contains(matcher.group(1).toLowerCase(Locale.ROOT))) {
                found.add(new Span(matcher.start(), matcher.end()));
            }
        }
        return found;
    }
}
