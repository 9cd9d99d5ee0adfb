/** Tests of the room of the same name. */
@NullMarked
package dev.lmstudiooperator.controller;

import org.jspecify.annotations.NullMarked;
