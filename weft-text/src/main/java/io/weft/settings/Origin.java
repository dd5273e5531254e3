package io.weft.settings;

import static io.weft.problem.Language.say;

/** Where a setting was given, in the order in which problems are listed. @param rank the line for a file */
public record Origin(int rank) {
    /** An argument of the command. */
    public static final Origin COMMAND_LINE = new Origin(Integer.MAX_VALUE - 1);
    /** Not given, or given by Weft or by a Java program. */
    public static final Origin NOWHERE = new Origin(Integer.MAX_VALUE);

    /** A line of the recipe file, from 1. */
    public static Origin line(int line) { return new Origin(line); }

    /** What stands before a problem: "line 3  ", "command line  " or nothing. */
    public String prefix() { return this.equals(NOWHERE) ? "" : this + "  "; }

    @Override public String toString() {
        if (equals(NOWHERE)) {
            return say("the defaults");
        }
        return equals(COMMAND_LINE) ? say("command line") : say("line %d", rank);
    }
}
