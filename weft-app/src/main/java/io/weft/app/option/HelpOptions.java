package io.weft.app.option;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every command has: the two options, and how its help is laid out. */
@Command(sortOptions = false, usageHelpWidth = 100, usageHelpAutoWidth = true)
public final class HelpOptions {
    @Option(names = {"-h", "--help"}, usageHelp = true) private boolean help;
    /** Only listed here: it was read before there was a text to say in it. */
    @Option(names = "--lang", paramLabel = "en|zh") private String language;
}
