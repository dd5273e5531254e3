/**
 * Reports as HTML. Read {@link io.weft.page.HtmlTemplate} first; the templates lie beside the classes that fill them.
 * May import {@code io.weft.jinja}.
 */
package io.weft.page;
