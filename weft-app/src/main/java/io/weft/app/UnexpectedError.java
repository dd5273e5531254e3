package io.weft.app;

import io.weft.app.terminal.ExitCode;
import io.weft.run.MemoryShortage;
import java.io.PrintStream;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** Anything that went wrong and was not the user's input. */
record UnexpectedError(Throwable cause) {
    /** Tells what happened. @return the exit code */
    public int report(PrintStream err) {
        Optional<String> shortage = shortage();
        if (shortage.isPresent()) {
            err.println("weft: " + shortage.get());
            return MemoryShortage.of(cause).get().heap() ? ExitCode.USER : ExitCode.MEMORY;
        }
        cause.printStackTrace(err);
        err.println(say("weft: this is a bug in Weft. Please report it with the lines above, the command line and the "
                + "output of 'weft doctor'."));
        return ExitCode.BUG;
    }

    /** A machine without enough memory is nobody's bug. */
    private Optional<String> shortage() {
        return MemoryShortage.of(cause).map(shortage -> shortage.heap()
                ? say("the Java heap is full (%s); give it more with WEFT_JAVA_OPTIONS=-Xmx8g, or use "
                + "fewer rows (data.rows)", shortage.told())
                : say("the machine has no memory left (%s); close other programs, or lower "
                + "train.batch or data.maxLength", shortage.told()));
    }
}
