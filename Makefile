.PHONY: test lint race delta delta-all bench chaos kills kills-spark fuzz soak sim-nightly

test: ## what the README calls command 2
	go test ./...

sim-nightly: ## SEEDS (2000000) simulations of tests/sim, from FIRST on; five hours on two cores
	go test ./tests/sim -run TestSimulation -timeout 0 -seeds=$(or $(SEEDS),2000000) -first=$(or $(FIRST),10001) -failures=20

lint: ## gofmt, vet, staticcheck, a tidy go.mod
	./.ci/lint

race: ## the packages where goroutines meet
	go test -race ./engine/... ./state/... ./record/... ./sandbox/wire/... ./destinations/... ./internal/cli/...

delta: ## every statement on real Spark + Delta; needs Java 17, Python, Maven
	DRT_SPARK_DIR="$$(./sandbox/spark/install.sh)" go test -count=1 -timeout 40m ./tests/delta/... ./tests/contracts/databricks/live/... ./sandbox/spark/...

delta-all: ## also the contract suite on Spark: a quarter of an hour more
	DRT_SPARK_ALL=1 $(MAKE) delta

chaos: ## every mode x loader x event of a run x fault; writes tests/chaos/RESULTS.md anew
	go test ./tests/chaos -count=1 -timeout 60m -run TestExhaustive -full -update

kills: ## 500 SIGKILLs of the real binary at random instants, against the sandbox
	go test ./tests/chaos -count=1 -timeout 60m -run TestKills -kills 500 -update

kills-spark: ## 100 against real Spark + Delta
	DRT_SPARK_DIR="$$(./sandbox/spark/install.sh)" go test ./tests/chaos -count=1 -timeout 120m -run TestKills -kills 100 -update

bench: ## benchmarks/RESULTS.md says how to read it
	go run ./benchmarks

fuzz: ## every fuzz target for FUZZTIME (30s)
	./.ci/fuzz

DURATION ?= 2h
soak: ## a sync a second with faults at random, for DURATION; looks at what grows
	go test ./tests/soak -count=1 -timeout 0 -v -soak $(DURATION)
