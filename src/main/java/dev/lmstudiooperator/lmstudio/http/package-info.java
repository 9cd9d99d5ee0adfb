/**
 * The adapter for LM Studio's HTTP API: lists of models and instances, inference requests, and information about the
 * local server.
 */
@NullMarked
package dev.lmstudiooperator.lmstudio.http;

import org.jspecify.annotations.NullMarked;
