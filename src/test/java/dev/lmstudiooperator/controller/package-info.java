/** Tests of the controller. */
@NullMarked
package dev.lmstudiooperator.controller;

import org.jspecify.annotations.NullMarked;
