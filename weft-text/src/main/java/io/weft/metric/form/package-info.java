/**
 * What form answers have, whatever they say: JSON that parses and has the expected keys, lengths, variety. Stands
 * alone.
 */
package io.weft.metric.form;
