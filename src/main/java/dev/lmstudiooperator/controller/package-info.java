/** The controller: chooses nodes, notices lost agents and cleans up after them, for the whole cluster. One is at work. */
@NullMarked
package dev.lmstudiooperator.controller;

import org.jspecify.annotations.NullMarked;
