/**
 * What in a text tells who somebody is, or opens somebody's door: phones, identity numbers, bank cards, e-mail
 * addresses, keys, addresses of machines; found and masked by rules. Read {@link io.weft.data.personal.PersonalData}
 * first. May import {@code data}.
 */
package io.weft.data.personal;
