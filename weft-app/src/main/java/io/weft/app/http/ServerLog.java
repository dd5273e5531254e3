package io.weft.app.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.slf4j.LoggerFactory;

import static io.weft.problem.Language.say;

/**
 * What the operator of a server reads: a line for each request (see {@link AccessLog}), and errors with their stack.
 * Holds the log of the process as long as it is open; before and after nothing is logged.
 */
public final class ServerLog implements AutoCloseable {
    /** The server's own word: its start and end, and what went wrong in it. */
    public static final org.slf4j.Logger SERVER = LoggerFactory.getLogger("weft.serve");
    private static final long MOST_BYTES = 10 << 20;
    private static final int OLDER_FILES = 5;
    private static final String LINE = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\", UTC} %-5level %logger %msg%n";
    private final OutputStreamAppender<ILoggingEvent> appender;

    private ServerLog(OutputStreamAppender<ILoggingEvent> appender) {
        this.appender = appender;
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context());
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(LINE);
        encoder.start();
        appender.setEncoder(encoder);
        appender.setContext(context());
        appender.start();
        root().addAppender(appender);
        root().setLevel(Level.WARN);   // of libraries: what Jetty says of its start is no news
        context().getLogger("weft").setLevel(Level.INFO);
    }

    /** To a stream that stays open, standard output perhaps. */
    public static ServerLog to(OutputStream stream) {
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context());
        appender.setOutputStream(new OutputStream() {
            @Override public void write(int b) throws IOException { stream.write(b); }

            @Override public void write(byte[] bytes, int from, int length) throws IOException {
                stream.write(bytes, from, length);
            }

            @Override public void flush() throws IOException { stream.flush(); }
        });
        return new ServerLog(appender);
    }

    /**
     * To a file, behind what it holds already. One that has grown to 10 MB becomes FILE.1, and up to five of these are
     * kept.
     *
     * @throws UserError when it cannot be written
     */
    public static ServerLog to(Path file) { return to(file, MOST_BYTES); }

    public static ServerLog to(Path file, long mostBytes) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
        } catch (IOException e) {
            String reason = e instanceof FileSystemException system && system.getReason() != null ? system.getReason()
                    : e.getClass().getSimpleName().replace("Exception", "");
            throw UserError.of(say("the log %s cannot be written (%s); choose another with --log FILE, or --log - for "
                    + "standard output", file, reason), e);
        }
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context());
        appender.setFile(file.toString());
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context());
        window.setParent(appender);
        window.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i");
        window.setMinIndex(1);
        window.setMaxIndex(OLDER_FILES);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context());
        size.setCheckIncrement(Duration.buildBySeconds(1));
        size.setMaxFileSize(new FileSize(mostBytes));
        size.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        return new ServerLog(appender);
    }

    /**
     * Where the server at this port logs when nothing else is asked for: WEFT_HOME, else the system's usual place for
     * what programs keep of their work.
     */
    public static Path usualFile(int port, Map<String, String> environment) {
        String home = environment.get("WEFT_HOME"), state = environment.get("XDG_STATE_HOME");
        // an empty variable is none, not the current directory
        Path folder = home != null && !home.isBlank() ? Path.of(home)
                : state != null && !state.isBlank() ? Path.of(state, "weft")
                : Path.of(System.getProperty("user.home"), ".local", "state", "weft");
        return folder.resolve("serve-" + (port == 0 ? "pid" + ProcessHandle.current().pid() : port) + ".log");
    }

    private static LoggerContext context() { return (LoggerContext) LoggerFactory.getILoggerFactory(); }

    private static Logger root() { return context().getLogger(Logger.ROOT_LOGGER_NAME); }

    @Override public void close() {
        root().detachAppender(appender);
        if (!root().iteratorForAppenders().hasNext()) {
            root().setLevel(Level.OFF);
            context().getLogger("weft").setLevel(null);
        }
        appender.stop();
    }
}
