package io.weft.app.terminal;

/** What the process tells the shell. */
public final class ExitCode {
    public static final int DONE = 0;
    /** A bug in Weft: the only code that comes with a stack trace. */
    public static final int BUG = 1;
    /** Something that the user gave cannot be used; picocli's usage errors have this code too. */
    public static final int USER = 2;
    /** The machine had no memory left; the launcher goes on in smaller passes. EX_OSERR of BSD's sysexits.h. */
    public static final int MEMORY = 71;
    /** What a shell says of a process that was killed, such as by Linux for memory. */
    public static final int KILLED = 137;
    /** Stopped by a signal after committing; {@code weft resume} goes on. EX_TEMPFAIL of BSD's sysexits.h. */
    public static final int RESUMABLE = 75;

    private ExitCode() {}
}
