# The commands for this project. `make` lists them. Compatible with GNU make 3.81, the version of macOS.

maven := hack/build/maven
control_plane := hack/envtest/control-plane
prometheus := hack/envtest/prometheus
helm := hack/envtest/helm
flux := hack/envtest/flux
cluster_programs := hack/envtest/cluster

# Scripts for shellcheck: every file in these directories whose first line contains bash or shellcheck.
scripts = $(shell grep -rlE '^.!/usr/bin/env bash|^. shellcheck shell=' hack deploy .ci --exclude='*.java' --exclude='*.json')

# Each project is packaged again if one of its files is newer than its last successful build. The lists include directories, so
# that a removed file triggers a build too.
operator = target/.operator
simulator = target/.simulator
do_nothing = target/.do-nothing
$(operator): $(shell find pom.xml .mvn src/main)
$(simulator): $(shell find .mvn src/simulator)
$(do_nothing): $(shell find .mvn src/jmh/do-nothing)
$(operator): project = .
$(simulator): project = src/simulator
$(do_nothing): project = src/jmh/do-nothing
$(operator) $(simulator) $(do_nothing):
	@mkdir -p target
	@hack/build/package $(project) $@

# Two processes of Maven must not fill an empty cache at the same time.
.NOTPARALLEL:

# On the command line: make demo LMS=~/.lmstudio/bin/lms MODEL=<key>
LMS =
MODEL =

# make integration-test TEST=KubectlIT; a list is separated by commas
TEST =

# Does not compile the files that use a changed one, which `make test` does.
changed_files = -Dmaven.compiler.useIncrementalCompilation=false

# make test KUBERNETES=1.32: with a control plane of that version; hack/envtest has a file for each
KUBERNETES =
export KUBERNETES

# make image BASE=<name>@sha256:<digest>: uses a base image from a registry, with Java 21 or newer
BASE =

# make benchmark SUITE=quick
SUITE = all

# make benchmark SUITE=soak MINUTES=5: shorter than the two hours that a meaningful result requires
MINUTES = 120

# make mutation-test AREA=lease: tests only this area of hack/mutation-test/areas.json
AREA =

# make fault-injection PLAN='scenario=create faults=crash-before-write@2 seed=0': runs only this plan, as a failure prints it; separate several with ';'
PLAN =

# make fault-injection SCENARIOS='set_.*': runs the plans of these scenarios only
SCENARIOS =

quick = AdapterBenchmark,MicroBenchmark,OperatorBenchmark,RealCostBenchmark,FootprintBenchmark,ManyModelsBenchmark
suite_all = -Dit.test=$(quick),EnduranceBenchmark,ScrapeBenchmark
suite_quick = -Dit.test=$(quick) -Dbenchmark.quick=true
suite_gate = $(suite_quick)
suite_cluster = -Dit.test=ClusterBenchmark,ServingBenchmark
suite_jvm = -Dit.test=JvmFlagsBenchmark
suite_scrape = -Dit.test=ScrapeBenchmark
suite_soak = -Dit.test=SoakBenchmark -Dsoak.minutes=$(MINUTES)
$(if $(suite_$(SUITE)),,$(error unknown suite '$(SUITE)'; `make help` lists the suites))

.PHONY: help build demo demo-monitoring control-plane prometheus helm flux cluster-programs monitoring test fast-test integration-test mutation-test image image-test release release-test cluster-test simulator-lms benchmark fault-injection gitops-check prose-check workflow-check record-release format lint clean
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 } /^## / { printf "%25s%s\n", "", substr($$0, 4) }' Makefile

build: $(operator) $(simulator) $(do_nothing) ## Compile and package what changed: the operator, the simulator, the floor of benchmarks

demo: ## Run the demo with its own control plane; LMS=<path> MODEL=<key>: with your LM Studio
	@hack/demo/prepare
	@exec hack/demo/demo $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

demo-monitoring: ## Run the demo with Prometheus: queries, and alerts that fire and resolve
	@hack/demo/prepare
	@exec hack/demo/demo --monitoring $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

control-plane: ## Install etcd, kube-apiserver and kubectl; print their directory; KUBERNETES=<version>: that version
	@exec $(control_plane) install

prometheus: ## Install prometheus and promtool; print their directory
	@exec $(prometheus) install

helm: ## Install helm; print its directory
	@exec $(helm) install

flux: ## Install the controllers of Flux; print their directory; requires Go
	@exec $(flux) install

cluster-programs: ## On Linux, install kube-controller-manager, which a test uses, and the programs of a node; print their directory
	@if [ "$$(uname -s)" = Linux ]; then exec $(cluster_programs) install; fi

image: $(operator) ## Build a container image in target/image; BASE=<name>@sha256:<digest>: on that base image
	@exec hack/image/image target/image $(if $(BASE),'$(BASE)')

image-test: image control-plane $(simulator) ## Test the image with the Pod specs of k8s/; requires root, runc, skopeo and umoci
	@exec hack/image/test

release: image control-plane ## Write the files of a release to dist/, from a clean working tree
	@exec hack/release/release

release-test: image control-plane helm ## Write the files of a release twice, compare them, and use each of them; requires Go
	@exec hack/release/test

cluster-test: image helm flux $(simulator) simulator-lms ## Test the image on a cluster with two nodes; requires Linux, root and Go; TEST=<class>: only that class
	@exec hack/cluster/test $(TEST)

simulator-lms: $(simulator) ## Build the front end of the simulator for images without Perl; requires Go
	@cd src/simulator/lms && CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off go build -trimpath -ldflags '-s -w' -o ../../../target/simulator/lms .

test: control-plane prometheus helm cluster-programs $(simulator) ## Run all checks and tests, with a real API server; KUBERNETES=<version>: of that version
	@$(maven) --batch-mode --no-transfer-progress verify

fast-test: ## Run the tests that need no processes and no servers; compile only the files that changed
	@$(maven) -q test $(changed_files)

integration-test: control-plane prometheus helm $(operator) $(simulator) ## Run the integration tests of TEST=<class>; package and compile only what changed
	@$(maven) --batch-mode --no-transfer-progress test-compile failsafe:integration-test failsafe:verify $(changed_files) -Dspotless.check.skip -Dmdep.analyze.skip -Dclass.archives=false '-Dit.test=$(or $(TEST),$(error TEST=<class> is missing))'

mutation-test: ## Run PIT on each area (threshold 85 %), in an hour or more; AREA=<name>: only this area
	@exec hack/mutation-test/mutation-test $(AREA)

benchmark: control-plane $(simulator) $(do_nothing) ## Run all benchmarks except cluster, jvm and soak, in more than an hour; write target/benchmarks/report.md
	@$(maven) --batch-mode --no-transfer-progress verify -Dspotless.check.skip -Dmdep.analyze.skip -Dunit-tests.skip \
	  -Dintegration-test.processes=1 -Dclass.archives=false $(suite_$(SUITE))
	@$(if $(filter gate,$(SUITE)),$(maven) --batch-mode --no-transfer-progress failsafe:integration-test failsafe:verify -Dit.test=RegressionGate)
## SUITE=quick: fewer repetitions, in a quarter of an hour
## SUITE=gate: quick; fail if a figure exceeds its limit in src/jmh/gate.json
## SUITE=cluster: a controller with 200 stand-in agents and 5,000 ManagedModels, without and with sets and Services
## SUITE=jvm: an agent with different JVM flags
## SUITE=scrape: a scrape of an agent with 100 ManagedModels
## SUITE=soak: change ManagedModels for two hours and check the agent for leaks; MINUTES=<number>

fault-injection: control-plane $(simulator) ## Run the full fault-injection suite and check that it catches seeded bugs; PLAN=<plan>: only this plan; SCENARIOS=<regular expression>
	@$(maven) --batch-mode --no-transfer-progress verify -Dunit-tests.skip -Dit.test=FullFaultInjection $(if $(PLAN),'-Dfault-injection.plans=$(PLAN)' -Dfault-injection.report=target/fault-injection/replay.json) $(if $(SCENARIOS),'-Dfault-injection.scenarios=$(SCENARIOS)')
	@$(if $(PLAN)$(SCENARIOS),,exec hack/faults/seed-bugs)

gitops-check: ## Check resource health with the Flux and Argo CD libraries; requires Go
	@cd hack/gitops-check && go test -count=1 ./...

prose-check: ## Check the words and the sentence lengths of README and docs with Vale; requires Go and Python
	@hack/prose-check/check

workflow-check: ## Check .github/workflows with actionlint; requires Go
	@cd hack/workflow-check && exec go tool actionlint ../../.github/workflows/*.yml

record-release: ## Snapshot the CRDs for compatibility tests
	@hack/build/record-release

format: ## Format the Java sources
	@$(maven) -q spotless:apply

lint: prometheus ## Check the Java format, the scripts, the alert rules, and that the seeded bugs apply
	@$(maven) -q spotless:check
	shellcheck $(scripts)
	"$$($(prometheus) dir)"/promtool check config deploy/monitoring/prometheus/prometheus.yml
	"$$($(prometheus) dir)"/promtool test rules deploy/monitoring/prometheus/tests.yml
	for patch in hack/faults/defects/*.patch; do git apply --check "$$patch" || exit 1; done

monitoring: ## Generate the PrometheusRule of deploy/monitoring from the rule file
	@hack/monitoring/prometheus-rule >deploy/monitoring/prometheus-rule.yaml

clean: ## Remove the build output; the control plane stays in the cache
	rm -rf target
