package io.weft.diagnose;

import io.weft.settings.Word;

/** How bad a finding is. */
public enum Severity implements Word {
    /** Worth knowing; the result is not harmed. */
    NOTE,
    /** The result is worse, later or less sure than it could be. */
    WARN,
    /** What came of the run is of no use. */
    FAIL
}
