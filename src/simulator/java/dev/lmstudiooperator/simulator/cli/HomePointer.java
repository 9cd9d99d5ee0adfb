package dev.lmstudiooperator.simulator.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that the CLI writes to HOME when any command runs for the first time. */
final class HomePointer {

    private HomePointer() {}

    static void write(Call call) {
        var home = call.invocation().home();
        var pointer = home.resolve(".lmstudio-home-pointer");
        // Do not write to the home directory of the user, because a real LM Studio can be there.
        if (Files.exists(pointer) || home.equals(Path.of(System.getProperty("user.home", "/")))) {
            return;
        }
        try {
            Files.writeString(pointer, home.resolve(".lmstudio").toString());
        } catch (IOException e) {
            throw call.failure("ENOENT: no such file or directory, open '" + pointer + "'\n    path: \"" + pointer
                    + "\",\n syscall: \"open\",\n   errno: -2,\n    code: \"ENOENT\"\n\n"
                    + "      at findLMStudioHome (<bundle>)\n      at <bundle>\n\nBun v1.3.3 (Linux x64)\n");
        }
    }
}
