package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const scripts = "../../deploy/gitops/argocd/resource_customizations/lmstudio-operator.dev"

// Flux uses no scripts. It computes the status of every object that it waits for with this library.
func TestKstatusOfFlux(t *testing.T) {
	var expected map[string]string
	read(t, "kstatus.yaml", &expected)
	for name, want := range expected {
		t.Run(name, func(t *testing.T) {
			result, err := status.Compute(recorded(t, strings.Replace(name, "/", "/testdata/", 1)+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if result.Status.String() != want {
				t.Errorf("kstatus is %s (%s), expected %s", result.Status, result.Message, want)
			}
		})
	}
}

type health struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// Argo CD runs the scripts with this Lua library. Scripts in its ConfigMap cannot use other libraries.
func TestLuaOfArgoCD(t *testing.T) {
	kinds, err := filepath.Glob(scripts + "/*/health_test.yaml")
	if err != nil || len(kinds) == 0 {
		t.Fatalf("no health_test.yaml in %s: %v", scripts, err)
	}
	for _, file := range kinds {
		kind := filepath.Base(filepath.Dir(file))
		var expected struct {
			Tests []struct {
				HealthStatus health `json:"healthStatus"`
				InputPath    string `json:"inputPath"`
			} `json:"tests"`
		}
		read(t, file, &expected)
		for _, test := range expected.Tests {
			t.Run(kind+"/"+test.InputPath, func(t *testing.T) {
				got := run(t, filepath.Join(scripts, kind, "health.lua"), recorded(t, kind+"/"+test.InputPath))
				if got != test.HealthStatus {
					t.Errorf("Argo CD says %v, expected %v", got, test.HealthStatus)
				}
			})
		}
	}
}

func run(t *testing.T, script string, object *unstructured.Unstructured) health {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
	} {
		state.Push(state.NewFunction(open))
		state.Push(lua.LString(name))
		state.Call(1, 0)
	}
	state.SetGlobal("obj", value(state, object.Object))
	if err := state.DoFile(script); err != nil {
		t.Fatal(err)
	}
	answer, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		t.Fatalf("%s returned no table", script)
	}
	return health{lua.LVAsString(answer.RawGetString("status")), lua.LVAsString(answer.RawGetString("message"))}
}

func value(state *lua.LState, json any) lua.LValue {
	switch json := json.(type) {
	case map[string]any:
		table := state.NewTable()
		for key, element := range json {
			table.RawSetString(key, value(state, element))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, element := range json {
			table.Append(value(state, element))
		}
		return table
	case string:
		return lua.LString(json)
	case bool:
		return lua.LBool(json)
	case int64:
		return lua.LNumber(json)
	case float64:
		return lua.LNumber(json)
	default:
		return lua.LNil
	}
}

func recorded(t *testing.T, name string) *unstructured.Unstructured {
	text, err := os.ReadFile(filepath.Join(scripts, name))
	if err != nil {
		t.Fatal(err)
	}
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(json); err != nil {
		t.Fatal(err)
	}
	return object
}

func read(t *testing.T, file string, into any) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		t.Fatal(err)
	}
}
