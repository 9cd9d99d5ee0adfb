package dev.lmstudiooperator.lmstudio.cli.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Stores one output stream of a child process in a file. A pipe blocks the child when it is not read. It blocks the
 * reader while any grandchild holds it open. It also makes {@code lms} cut its JSON at 64 KiB.
 *
 * <p>The file is unlinked once the child runs. It leaves nothing on disk, even if this process is killed.
 */
final class OutputFile implements AutoCloseable {

    /** The size of one file system block. */
    private static final int BLOCK_BYTES = 4096;

    private final Path path;
    private final FileChannel channel;

    private OutputFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static OutputFile in(Path folder) throws IOException {
        Path path = Files.createTempFile(folder, "child-process-", ".out");
        @Nullable FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            requireRoom(channel);
            return new OutputFile(path, channel);
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /**
     * Verifies that the disk has free space. On a full disk a file can still be created, and the child would seem to
     * have no output.
     */
    private static void requireRoom(FileChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        while (block.hasRemaining()) {
            channel.write(block, block.position());
        }
        channel.truncate(0);
    }

    Redirect redirect() {
        return Redirect.to(path.toFile());
    }

    /** For an output that is truncated while it grows. The child then writes at the new end and leaves no hole. */
    Redirect appending() {
        return Redirect.appendTo(path.toFile());
    }

    void unlink() throws IOException {
        Files.deleteIfExists(path);
    }

    long size() throws IOException {
        return channel.size();
    }

    String read(long atMostBytes) throws IOException {
        return read(0, Math.min(size(), atMostBytes));
    }

    /** Reads the end of the output and discards all of it. Output that is written in between is lost. */
    String takeEnd(int atMostBytes) throws IOException {
        long size = size();
        long from = Math.max(0, size - atMostBytes);
        String end = read(from, size - from);
        channel.truncate(0);
        return end;
    }

    private String read(long from, long bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, Integer.MAX_VALUE - 8L));
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) >= 0) {
            // Continue until the buffer is full.
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            unlink();
        }
    }
}
