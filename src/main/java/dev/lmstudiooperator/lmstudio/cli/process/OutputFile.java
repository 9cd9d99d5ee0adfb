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
 * Where one stream of a child process goes. A file, because a pipe blocks the child when nobody reads, blocks the reader
 * while any grandchild holds it open, and makes {@code lms} cut its JSON at 64 KiB.
 *
 * <p>Once the child runs, the file has no name any more: nothing is left behind, even if this process is killed.
 */
final class OutputFile implements AutoCloseable {

    /** As much as a file system takes at a time. */
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

    /** On a full disk a file can still be made, and a child would merely seem to have said nothing. */
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

    /** For an output that is emptied while it grows: the child then writes at the new end, and leaves no hole. */
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

    /** Reads the end of what was written, and forgets everything. What is written in between is lost. */
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
            // The next part.
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
