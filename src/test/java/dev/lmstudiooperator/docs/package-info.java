/** What is written for people, held against what is so. */
@NullMarked
package dev.lmstudiooperator.docs;

import org.jspecify.annotations.NullMarked;
