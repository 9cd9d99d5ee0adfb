package dev.lmstudiooperator.lmstudio;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Creates CLIs for tests that answer every call with the same code. */
public final class StubCli {

    /** The code that answers a call. */
    @FunctionalInterface
    public interface Answer {

        @Nullable
        Object to(String method, Object[] arguments) throws Exception;
    }

    private StubCli() {}

    public static LmStudioCli answering(Answer answer) {
        return (LmStudioCli) Proxy.newProxyInstance(
                StubCli.class.getClassLoader(),
                new Class<?>[] {LmStudioCli.class},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments));
    }

    /** Every call fails the test. */
    public static LmStudioCli unused() {
        return answering((method, arguments) -> {
            throw new AssertionError("Unexpected call: " + method);
        });
    }
}
