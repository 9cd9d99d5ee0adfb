# Everything that a person does with this project. `make` lists it. Works with GNU make 3.81, which macOS has.

maven := src/build/maven
control_plane := src/control-plane/control-plane
prometheus := src/control-plane/prometheus
helm := src/control-plane/helm

# Programs and scripts that shellcheck reads: every file of these folders that names bash or shellcheck in a first line.
scripts = $(shell grep -rlE '^.!/usr/bin/env bash|^. shellcheck shell=' src deploy .ci --exclude='*.java' --exclude='*.json')

# The operator and the simulator are built again when one of these is newer than the last build that went well.
# Folders are among them, so that a removed file counts too.
sources = $(shell find pom.xml .mvn src/main src/simulator)
built = target/.built

# Given on the command line: make demo LMS=~/.lmstudio/bin/lms MODEL=<key>
LMS =
MODEL =

# make image BASE=<name>@sha256:<digest>: on a base of a registry, which has a Java runtime of version 21 or newer
BASE =

# make benchmark-soak MINUTES=5: shorter than the two hours that it takes to tell anything
MINUTES = 120

# make mutation-test AREA=lease: only this area of src/mutation-test/areas.json
AREA =

# make campaign PLAN='scenario=create faults=crash-before-write@2 seed=0': only this plan, as a failure prints it; several with ';'
PLAN =

# What an operator of the same extensions takes that does nothing.
nothing = target/do-nothing/quarkus-app/quarkus-run.jar
$(nothing): pom.xml $(shell find src/benchmark/do-nothing)
	@$(maven) -q --batch-mode package -Dmaven.test.skip -Dspotless.check.skip -Dmdep.analyze.skip \
	  -Dprogram.source='$(CURDIR)/src/benchmark/do-nothing' -Dprogram.target='$(CURDIR)/target/do-nothing'

benchmark = $(maven) --batch-mode --no-transfer-progress verify -Dspotless.check.skip -Dmdep.analyze.skip -Dtest=ArchitectureTest \
  -Dintegration-test.processes=1

.PHONY: help build demo demo-monitoring control-plane prometheus helm monitoring test fast-test mutation-test image image-test benchmark benchmark-quick benchmark-gate benchmark-jvm benchmark-cluster benchmark-scrape benchmark-soak campaign gitops-check record-release format lint clean
.DEFAULT_GOAL := help

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

build: $(built) ## compiles and packages the operator and the simulator, when something changed

demo: $(built) ## shows the operator at work on a control plane of its own; LMS=<path> MODEL=<key>: with your LM Studio
	@exec src/demo/demo $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

demo-monitoring: $(built) ## the same with Prometheus beside it: queries, and alerts that fire and stop
	@exec src/demo/demo --monitoring $(if $(LMS),--lms '$(LMS)') $(if $(MODEL),--model '$(MODEL)')

control-plane: ## makes etcd, kube-apiserver and kubectl exist, and prints where
	@exec $(control_plane) install

prometheus: ## makes prometheus and promtool exist, and prints where
	@exec $(prometheus) install

helm: ## makes helm exist, and prints where
	@exec $(helm) install

image: $(built) ## makes a container image, as an archive below target/image; BASE=<name>@sha256:<digest>: on that base
	@exec src/image/image target/image $(if $(BASE),'$(BASE)')

image-test: image control-plane ## runs it as the Pods of k8s/ would; needs root, runc, skopeo and umoci
	@exec src/image/test

test: control-plane prometheus helm ## runs all checks and tests, with a real API server
	@$(maven) --batch-mode --no-transfer-progress verify

fast-test: ## runs the tests that need neither a process nor a server
	@$(maven) -q test

mutation-test: ## mutates each area, in an hour or more, and fails when tests kill fewer than 85 % of its mutants; AREA=<name>: one alone
	@exec src/mutation-test/mutation-test $(AREA)

benchmark: control-plane $(nothing) ## measures everything but the cluster and the soak, in more than an hour, into target/benchmarks/report.md
	@$(benchmark) -Dit.test='AdapterBenchmark,MicroBenchmark,OperatorBenchmark,FootprintBenchmark,ManyModelsBenchmark,EnduranceBenchmark,ScrapeBenchmark'

benchmark-quick: control-plane $(nothing) ## the same with fewer runs, in some minutes
	@$(benchmark) -Dit.test='AdapterBenchmark,MicroBenchmark,OperatorBenchmark,FootprintBenchmark,ManyModelsBenchmark' -Dbenchmark.quick=true

benchmark-gate: benchmark-quick ## the same, and fails when a count, or a ratio to its floor, is above its limit in src/benchmark/gate.json
	@$(maven) --batch-mode --no-transfer-progress failsafe:integration-test failsafe:verify -Dit.test=RegressionGate

benchmark-jvm: control-plane ## measures an agent as its JVM is started with one set of flags or another, in some minutes
	@$(benchmark) -Dit.test=JvmFlagsBenchmark

benchmark-cluster: control-plane ## measures a controller with 200 stand-in agents and 5,000 ManagedModels, in some minutes
	@$(benchmark) -Dit.test=ClusterBenchmark

benchmark-scrape: control-plane ## measures a scrape of an agent with 100 ManagedModels, in some minutes
	@$(benchmark) -Dit.test=ScrapeBenchmark

benchmark-soak: control-plane ## churns through ManagedModels for two hours and looks for leaks in the agent; MINUTES=<number>
	@$(benchmark) -Dit.test=SoakBenchmark '-Dsoak.minutes=$(MINUTES)'

campaign: control-plane ## lets hundreds of faults strike, then plants defects that this must catch; PLAN=<plan>: one alone
	@$(maven) --batch-mode --no-transfer-progress verify -Dtest=ArchitectureTest -Dit.test=FullCampaign $(if $(PLAN),'-Dcampaign.plans=$(PLAN)' -Dcampaign.report=target/campaign/replay.json)
	@$(if $(PLAN),,exec src/campaign/plant)

gitops-check: ## asks the libraries of Flux and Argo CD what they conclude from our objects; needs Go
	@cd src/gitops-check && go test ./...

record-release: ## keeps the resource types of this release, with which those of later ones are compared
	@src/build/record-release

format: ## formats the Java sources
	@$(maven) -q spotless:apply

lint: prometheus ## checks Java's format, scripts with shellcheck, alerts with promtool, and that the campaign's defects can be planted
	@$(maven) -q spotless:check
	shellcheck $(scripts)
	"$$($(prometheus) dir)"/promtool check config deploy/monitoring/prometheus/prometheus.yml
	"$$($(prometheus) dir)"/promtool test rules deploy/monitoring/prometheus/tests.yml
	for patch in src/campaign/defects/*.patch; do git apply --check "$$patch" || exit 1; done

monitoring: ## makes the PrometheusRule of deploy/monitoring from the rule file
	@src/monitoring/prometheus-rule >deploy/monitoring/prometheus-rule.yaml

clean: ## removes what was built; the control plane stays in the user's cache
	rm -rf target

$(built): $(sources)
	@mkdir -p target
	@src/build/package $@
