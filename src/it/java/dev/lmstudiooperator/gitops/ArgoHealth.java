package dev.lmstudiooperator.gitops;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/**
 * The health that the Lua scripts report to Argo CD. The scripts run with only the Lua libraries that Argo CD provides.
 */
public record ArgoHealth(String status, String message) {

    static final Path SCRIPTS = Path.of("deploy/gitops/argocd/resource_customizations/lmstudio-operator.dev");

    public static ArgoHealth of(HasMetadata object) {
        Globals globals = new Globals();
        globals.load(new BaseLib());
        globals.load(new PackageLib());
        globals.load(new TableLib());
        LoadState.install(globals);
        LuaC.install(globals);
        globals.set("obj", lua(new KubernetesSerialization().convertValue(object, Map.class)));
        LuaValue answer =
                globals.load(script(object.getKind()), object.getKind()).call();
        return new ArgoHealth(
                answer.get("status").checkjstring(), answer.get("message").checkjstring());
    }

    static String script(String kind) {
        try {
            return Files.readString(SCRIPTS.resolve(kind).resolve("health.lua"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LuaValue lua(@Nullable Object json) {
        return switch (json) {
            case null -> LuaValue.NIL;
            case Map<?, ?> object -> {
                LuaTable table = new LuaTable();
                object.forEach((key, value) -> table.set(String.valueOf(key), lua(value)));
                yield table;
            }
            case List<?> list ->
                LuaValue.listOf(list.stream().map(ArgoHealth::lua).toArray(LuaValue[]::new));
            case Number number -> LuaValue.valueOf(number.doubleValue());
            case Boolean truth -> LuaValue.valueOf(truth);
            default -> LuaValue.valueOf(json.toString());
        };
    }
}
