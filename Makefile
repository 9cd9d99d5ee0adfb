# The commands for this project. `make` lists them. Compatible with GNU make 3.81, the version of macOS.

maven := src/build/maven
control_plane := src/control-plane/control-plane
prometheus := src/control-plane/prometheus
helm := src/control-plane/helm

# Scripts for shellcheck: every file in these directories whose first line contains bash or shellcheck.
scripts = $(shell grep -rlE '^.!/usr/bin/env bash|^. shellcheck shell=' src deploy .ci --exclude='*.java' --exclude='*.json')

# The operator and the simulator are built again if one of these files is newer than the last successful build.
# The list includes directories, so that a removed file triggers a build too.
sources = $(shell find pom.xml .mvn src/main src/simulator)
built = target/.built

# On the command line: make demo LMS=~/.lmstudio/bin/lms MODEL=<key>
LMS =
MODEL =

# make image BASE=<name>@sha256:<digest>: uses a base image from a registry, with Java 21 or newer
BASE =

# make benchmark-soak MINUTES=5: shorter than the two hours that a meaningful result requires
MINUTES = 120

# make mutation-test AREA=lease: tests only this area of src/mutation-test/areas.json
AREA =

# make fault-injection PLAN='scenario=create faults=crash-before-write@2 seed=0': runs only this plan, as a failure prints it; separate several with ';'
PLAN =

# An operator that does nothing, with the same extensions, as the floor of benchmarks.
nothing = target/do-nothing/quarkus-app/quarkus-run.jar
$(nothing): pom.xml $(shell find src/benchmark/do-nothing)
	@$(maven) -q --batch-mode package -Dmaven.test.skip -Dspotless.check.skip -Dmdep.analyze.skip \
	  -Dprogram.source='$(CURDIR)/src/benchmark/do-nothing' -Dprogram.target='$(CURDIR)/target/do-nothing'

benchmark = $(maven) --batch-mode --no-transfer-progress verify -Dspotless.check.skip -Dmdep.analyze.skip -Dtest=ArchitectureTest \
  -Dintegration-test.processes=1

.PHONY: help build demo demo-monitoring control-plane prometheus helm monitoring test fast-test mutation-test image image-test benchmark benchmark-quick benchmark-gate benchmark-jvm benchmark-cluster benchmark-scrape benchmark-soak fault-injection gitops-check prose-check record-release format lint clean
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

build: $(built) ## Compile and package the operator and the simulator if a source changed

demo: $(built) ## Run the demo with its own control plane; LMS=<path> MODEL=<key>: with your LM Studio
	@exec src/demo/demo $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

demo-monitoring: $(built) ## Run the demo with Prometheus: queries, and alerts that fire and resolve
	@exec src/demo/demo --monitoring $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

control-plane: ## Install etcd, kube-apiserver and kubectl; print their directory
	@exec $(control_plane) install

prometheus: ## Install prometheus and promtool; print their directory
	@exec $(prometheus) install

helm: ## Install helm; print its directory
	@exec $(helm) install

image: $(built) ## Build a container image in target/image; BASE=<name>@sha256:<digest>: on that base image
	@exec src/image/image target/image $(if $(BASE),'$(BASE)')

image-test: image control-plane ## Test the image with the Pod specs of k8s/; requires root, runc, skopeo and umoci
	@exec src/image/test

test: control-plane prometheus helm ## Run all checks and tests, with a real API server
	@$(maven) --batch-mode --no-transfer-progress verify

fast-test: ## Run the tests that need no processes and no servers
	@$(maven) -q test

mutation-test: ## Run PIT on each area (threshold 85 %), in an hour or more; AREA=<name>: only this area
	@exec src/mutation-test/mutation-test $(AREA)

benchmark: control-plane $(nothing) ## Run all benchmarks except cluster and soak, in more than an hour; write target/benchmarks/report.md
	@$(benchmark) -Dit.test='AdapterBenchmark,MicroBenchmark,OperatorBenchmark,FootprintBenchmark,ManyModelsBenchmark,EnduranceBenchmark,ScrapeBenchmark'

benchmark-quick: control-plane $(nothing) ## Run the benchmarks with fewer repetitions, in a few minutes
	@$(benchmark) -Dit.test='AdapterBenchmark,MicroBenchmark,OperatorBenchmark,FootprintBenchmark,ManyModelsBenchmark' -Dbenchmark.quick=true

benchmark-gate: benchmark-quick ## Run the quick benchmarks; fail if a figure exceeds its limit in src/benchmark/gate.json
	@$(maven) --batch-mode --no-transfer-progress failsafe:integration-test failsafe:verify -Dit.test=RegressionGate

benchmark-jvm: control-plane ## Measure an agent with different JVM flags, in a few minutes
	@$(benchmark) -Dit.test=JvmFlagsBenchmark

benchmark-cluster: control-plane ## Measure a controller with 200 stand-in agents and 5,000 ManagedModels, in a few minutes
	@$(benchmark) -Dit.test=ClusterBenchmark

benchmark-scrape: control-plane ## Measure a scrape of an agent with 100 ManagedModels, in a few minutes
	@$(benchmark) -Dit.test=ScrapeBenchmark

benchmark-soak: control-plane ## Change ManagedModels for two hours and check the agent for leaks; MINUTES=<number>
	@$(benchmark) -Dit.test=SoakBenchmark '-Dsoak.minutes=$(MINUTES)'

fault-injection: control-plane ## Run the full fault-injection suite and check that it catches seeded bugs; PLAN=<plan>: only this plan
	@$(maven) --batch-mode --no-transfer-progress verify -Dtest=ArchitectureTest -Dit.test=FullFaultInjection $(if $(PLAN),'-Dfault-injection.plans=$(PLAN)' -Dfault-injection.report=target/fault-injection/replay.json)
	@$(if $(PLAN),,exec src/campaign/seed-bugs)

gitops-check: ## Check resource health with the Flux and Argo CD libraries; requires Go
	@cd src/gitops-check && go test ./...

prose-check: ## Check the words and the sentence lengths of README and docs with Vale; requires Go and Python
	@src/prose/check

record-release: ## Snapshot the CRDs for compatibility tests
	@src/build/record-release

format: ## Format the Java sources
	@$(maven) -q spotless:apply

lint: prometheus ## Check the Java format, the scripts, the alert rules, and that the seeded bugs apply
	@$(maven) -q spotless:check
	shellcheck $(scripts)
	"$$($(prometheus) dir)"/promtool check config deploy/monitoring/prometheus/prometheus.yml
	"$$($(prometheus) dir)"/promtool test rules deploy/monitoring/prometheus/tests.yml
	for patch in src/campaign/defects/*.patch; do git apply --check "$$patch" || exit 1; done

monitoring: ## Generate the PrometheusRule of deploy/monitoring from the rule file
	@src/monitoring/prometheus-rule >deploy/monitoring/prometheus-rule.yaml

clean: ## Remove the build output; the control plane stays in the cache
	rm -rf target

$(built): $(sources)
	@mkdir -p target
	@src/build/package $@
