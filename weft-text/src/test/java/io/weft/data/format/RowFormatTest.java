package io.weft.data.format;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rows of formats that know more than a prompt and a completion. */
class RowFormatTest {
    @Test void everyFormatHasANameAndFieldsOfItsOwn() {
        assertThat(RowFormats.names()).doesNotHaveDuplicates();
        for (RowFormat format : RowFormats.all()) {
            assertThat(RowFormats.find(format.name())).contains(format);
            assertThat(format.required()).isNotEmpty();
            assertThat(format.shape()).contains(format.required());
        }
    }
}
