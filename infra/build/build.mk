# What `make build` needs: the tools, each in an environment of its own since they exclude one
# another, the layers, and the targets that SAM calls (BuildMethod: makefile in template.yaml).

SAM := .tools/sam/bin/sam
CHECKOV := .tools/checkov/bin/checkov
RUNTIME := .tools/runtime/bin/python
DEPLOY := .tools/deploy/bin/python
LAYERS_BUILT := $(patsubst %,build/layers/%/built,arm64 x86_64 here)
export SAM_CLI_TELEMETRY := 0

.PHONY: build build-test build-local lint-template
.SECONDARY: $(LAYERS_BUILT)

build: $(INSTALLED) $(SAM) $(DOCS_PAGE) $(LAYERS_BUILT) ## Build what is deployed, without Docker, and compare with the budgets
	@$(SAM) build
	@$(BIN)/python -m infra.build sizes .aws-sam/build

# The same artifacts with a layer for this machine and its Python, for tests that run them here.
build-local: $(INSTALLED) $(SAM) $(RUNTIME) $(DOCS_PAGE) build/layers/here/built
	@LAYER=here $(SAM) build --build-dir .aws-sam/here >build/sam.txt 2>&1 || { cat build/sam.txt; exit 1; }

build-test: build lint-template build-local $(EMULATOR) $(DEPLOY) ## Build, judge the template, run the journey with the artifacts, then deployed
	@$(BIN)/pytest --durations=8 tests/journeys/built_artifacts.py tests/journeys/deployed.py

# What SAM itself writes: two actions that SQS does not have (W3037), a superfluous Fn::Sub (W1020).
lint-template: $(INSTALLED) $(SAM) $(CHECKOV) build/translated.json ## Judge the template as written and as translated, with three linters
	@$(SAM) validate --lint
	@$(BIN)/cfn-lint template.yaml
	@$(BIN)/cfn-lint --ignore-checks W3037 W1020 -- build/translated.json
	@for file in template.yaml build/translated.json; do \
		echo "checkov: $$file"; $(CHECKOV) --config-file .checkov.yaml --file $$file || exit 1; done

build/translated.json: template.yaml infra/build/translate.py $(SAM)
	@mkdir -p build
	@.tools/sam/bin/python infra/build/translate.py template.yaml >$@.new
	@mv $@.new $@

build-%Function:
	@$(BIN)/python -m infra.build function $*Function "$(ARTIFACTS_DIR)"

build-LayerForArm64: build/layers/$(or $(LAYER),arm64)/built
	@cp -R $(<D)/python "$(ARTIFACTS_DIR)"

build-LayerForX86: build/layers/$(or $(LAYER),x86_64)/built
	@cp -R $(<D)/python "$(ARTIFACTS_DIR)"

build/layers/%/built: infra/layer/requirements.lock infra/layer/services.json infra/build/layer.py | $(INSTALLED)
	@echo "building the dependency layer: $*"
	@$(INDEX) $(BIN)/python -m infra.build layer $* $(@D)
	@touch $@

.tools/%/installed: infra/build/tools/%.lock | $(UV)
	@echo "installing $* in .tools/$*"
	@test -x .tools/$*/bin/python || $(UV) venv --quiet --python $(BIN)/python .tools/$*
	@$(SYNC) --python .tools/$*/bin/python -r infra/build/tools/$*.lock
	@touch $@

$(SAM): .tools/sam/installed
$(CHECKOV): .tools/checkov/installed
$(RUNTIME): .tools/runtime/installed
$(DEPLOY): .tools/deploy/installed
