package io.weft.app.option;

import io.weft.app.terminal.Streams;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** {@code --json}: of a command whose result scripts can read. */
public final class JsonOption {
    @Option(names = "--json") private boolean asked;

    public boolean isAsked() { return asked; }

    /** Where what a person reads goes: standard output is the script's when there is one. */
    public PrintStream told(Streams streams) { return asked ? streams.err() : streams.out(); }
}
