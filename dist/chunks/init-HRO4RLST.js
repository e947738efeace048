import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{Settings}from"./chunk-JS2M32IK.js";import"./chunk-VL4TAJI2.js";import{require_lib}from"./chunk-SSBY6RBH.js";import{glob}from"./chunk-EQIGDV2S.js";import"./chunk-VICXMBRL.js";import"./chunk-MSDNMJ5Y.js";import{rules}from"./chunk-XZZMUEST.js";import{dump}from"./chunk-OBP5PIQY.js";import"./chunk-QF4SFQG2.js";import{toJSONSchema}from"./chunk-XN4NNUSH.js";import"./chunk-WKI2IHQW.js";import"./chunk-QTY2YZHO.js";import"./chunk-GDX72HTQ.js";import{PlanGateError}from"./chunk-XGGJXGJ6.js";import{__toESM}from"./chunk-2M24U3EN.js";var import_write_file_atomic=__toESM(require_lib(),1);import{lstat,mkdir,stat}from"node:fs/promises";import{dirname as dirname2,join as join3,relative,resolve,sep}from"node:path";import{readdir}from"node:fs/promises";import{join}from"node:path";var migrationFolders=["migrations","db/migrations","db/migrate","database/migrations","src/main/resources/db/migration","sql/migrations"],seedFolders=["seeds","seed","db/seeds","db/seed","database/seeds"];async function findMigrations(root){for(let dir of migrationFolders)if(await holdsSql(root,dir))return{kind:"sql",dir};for(let dir of migrationFolders)if(await holdsAnything(root,dir))return{kind:"foreign",dir};return{kind:"none"}}async function findSeeds(root){for(let dir of seedFolders)if((await namesIn(root,dir)).some(name=>name.endsWith(".sql")))return dir}async function holdsSql(root,dir){return(await glob(`${dir}/**/*.sql`,{cwd:root,followSymbolicLinks:!1,expandDirectories:!1})).length>0}async function holdsAnything(root,dir){return(await namesIn(root,dir)).some(name=>!name.startsWith("."))}async function namesIn(root,dir){return readdir(join(root,dir)).catch(()=>[])}var exampleQuery=`-- An example, so that the first run has something to plan. Replace it by one of your top queries: pg_stat_statements
-- shows which they are. One file may hold several; above each stands a header like this one, in YAML.
--
-- name: example
-- owner: "@your-team"
-- # Each case gives the values of $1, $2 \u2026: name a typical tenant and a large one, a common value and a rare one.
-- cases:
--   few rows: [10]
--   many rows: [100000]
SELECT n
FROM generate_series(1, $1::integer) AS n
ORDER BY n DESC
LIMIT 10;
`,exampleMigration=`-- An example, so that the first run has a schema. Replace it by your own migrations; they run in the order of their names.
CREATE TABLE notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author text NOT NULL,
  body text NOT NULL
);

CREATE INDEX notes_author_idx ON notes (author);
`;import{readFile}from"node:fs/promises";import{dirname,join as join2}from"node:path";async function readRelease(version,from=import.meta.dirname){let manifest=await findManifest(from),{gitHead,repository}=manifest??{},url=typeof repository=="string"?repository:isRecord(repository)?repository.url:void 0,[,name]=/github(?:\.com[/:]|:)([\w-]+\/[\w.-]+?)(?:\.git)?$/.exec(String(url??""))??[],isHash=typeof gitHead=="string"&&/^[0-9a-f]{40}$/.test(gitHead);return{version,repository:name,commit:isHash?gitHead:void 0}}async function findManifest(from){for(let folder=from,depth=0;depth<4;folder=dirname(folder),depth++){let text=await readFile(join2(folder,"package.json"),"utf8").catch(()=>{});if(text===void 0)continue;let manifest=JSON.parse(text);if(isRecord(manifest)&&manifest.name==="plan-gate")return manifest}}function isRecord(value){return typeof value=="object"&&value!==null}function settingsJsonSchema(){return{...toJSONSchema(Settings,{io:"input"}),title:"plan-gate.yml",description:"Settings of plan-gate."}}function settingsOptions(){return optionsOf(settingsJsonSchema()).map(option=>option.name==="rules"?{...option,options:[]}:option)}function ruleReference(){return rules}function optionsOf(schema){return Object.entries(schema.properties??{}).map(([name,property])=>{if(typeof property!="object")throw new Error(`the option ${name} has no schema`);let{description="",default:value,examples}=property;return{name,description,type:typeOf(property),...value===void 0?{}:{default:value},...examples?.[0]===void 0?{}:{example:examples[0]},options:optionsOf(property)}})}function typeOf(schema){if(typeof schema!="object")return"anything";if(schema.enum)return[...new Set(schema.enum.map(value=>`\`${value}\``))].join(", ");if(schema.anyOf)return[...new Set(schema.anyOf.map(typeOf))].join(" or ");switch(schema.type){case"string":return"text";case"integer":return"whole number";case"boolean":return"`true` or `false`";case"array":return Array.isArray(schema.items)?"list":`list of ${typeOf(schema.items)}`;case"object":return typeof schema.additionalProperties=="object"?`mapping of names to ${typeOf(schema.additionalProperties)}`:"mapping";default:return String(schema.type)}}var banner=`Settings of plan-gate. All of them are here: one behind a # shows its default, or what it might be where it has
none ("for example"). To set it, take the # away. Paths are relative to this file.`,width=110;function settingsTemplate(migrations,seeds){let live={migrations:{dir:migrations.kind==="none"?"migrations":migrations.dir},...seeds===void 0?{}:{seed:{files:[`${seeds}/*.sql`]}},queries:"queries",baselines:"baselines"},blocks=settingsOptions().map(option=>{let lines=option.name==="rules"?rulesBlock(option):optionBlock(option,live[option.name]);return[...option.name==="migrations"&&migrations.kind==="foreign"?foreignWarning(migrations.dir):[],...lines].join(`
`)});return`${[comment(banner,"").join(`
`),...blocks].join(`

`)}
`}function foreignWarning(dir){let text=`There is no .sql file in ${dir}. Where a tool makes the schema, name its command below instead of the folder.`;return comment(text,"")}function optionBlock(option,live){let head=comment(option.description,"");return option.options.length===0?[...head,live===void 0?`#${shownSetting(option)}`:setting(option.name,live)]:typeof live!="object"?[...head,...commentedOut([`${option.name}:`,...optionLines(option.options,"")])]:[...head,`${option.name}:`,...optionLines(option.options,"#",live)]}function optionLines(options,mark,live={}){return options.flatMap(option=>{let value=live[option.name],line=value===void 0?`${mark}${shownSetting(option)}`:setting(option.name,value);return[...comment(firstSentence(option.description),"  "),`  ${line}`]})}function rulesBlock(section){let lines=ruleReference().flatMap(({id,summary,defaultSeverity,options})=>{let thresholds=Object.entries(options).map(([name,option])=>[name,option.default]),value=thresholds.length===0?defaultSeverity:{severity:defaultSeverity,...Object.fromEntries(thresholds)};return[...comment(summary,"  "),...settingLines(id,value).map(line=>`  ${line}`)]});return[...comment(section.description,""),...commentedOut([`${section.name}:`,...lines])]}function shownSetting(option){let isEmpty=typeof option.default=="object"&&Object.keys(option.default??{}).length===0;return option.default!==void 0&&!isEmpty?setting(option.name,option.default):`${setting(option.name,option.example??option.default)}  # for example`}function setting(name,value){return dump({[name]:value},{flowLevel:1,lineWidth:-1}).trimEnd()}function settingLines(name,value){let line=setting(name,value);return line.length+3<=width?[line]:dump({[name]:value},{lineWidth:-1}).trimEnd().split(`
`)}function commentedOut(lines){return lines.map(line=>`#${line}`)}function firstSentence(text){return/^.*?\.(?= [A-Z`]|$)/s.exec(text)?.[0]??text}function comment(text,indent){let lines=[],line=`${indent}#`;for(let word of text.split(/\s+/))line.length+1+word.length>width&&(lines.push(line),line=`${indent}#`),line+=` ${word}`;return[...lines,line]}var pins={checkout:"actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",uploadArtifact:"actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1",appToken:"actions/create-github-app-token@bcd2ba49218906704ab6c1aa796996da409d3eb1 # v3.2.0"};function planGateStep({release,config},inputs={},name){let all={...inputs,...config===void 0?{}:{config:JSON.stringify(config)}},lines=Object.entries(all).map(([input,value])=>`          ${input}: ${value}`);return[...name===void 0?[]:[`      - id: ${name}`],`      ${name===void 0?"- ":"  "}uses: ${usesOf(release)}`,...lines.length>0?["        with:",...lines]:[]].join(`
`)}function expression(text){return`\${{ ${text} }}`}function usesOf({repository="OWNER/plan-gate",commit,version}){return commit===void 0?`${repository}@v${version}`:`${repository}@${commit} # v${version}`}function openEnds({release}){return[...release.repository===void 0?["Replace OWNER by the account that plan-gate's repository belongs to."]:[],...release.commit===void 0?["A tag can be moved: pin plan-gate to the full hash of its release, and keep the version as a comment."]:[]].map(end=>`# ${end}
`).join("")}var approve={id:"approve",summary:"Beside another one: once the label is on, commits the new baselines for the author.",next:"Set `approval: {baselines: bot}` in plan-gate.yml, and store an App's client id and key as the secrets PLAN_GATE_APP_CLIENT_ID and PLAN_GATE_APP_KEY.",files:setting2=>[{path:".github/workflows/plan-gate-approve.yml",text:`# Commits the new baselines to a pull request once somebody has put the approval label on.
# Runs on pull_request_target, with a token that can write: so it checks nothing out and runs nothing of the pull request.
${openEnds(setting2)}name: plan-gate approve

on:
  pull_request_target:
    types: [labeled]

permissions: {}

concurrency:
  group: plan-gate-approve-\${{ github.event.pull_request.number }}
  cancel-in-progress: false

jobs:
  approve:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
      pull-requests: read
      checks: write # keeps what was approved
      statuses: write
    steps:
      # A commit by the job's own token starts no checks until somebody clicks. So an App commits: one of yours, installed
      # on this repository, with the permission "Contents: write" and no other.
      - id: app
        uses: ${pins.appToken}
        with:
          client-id: \${{ secrets.PLAN_GATE_APP_CLIENT_ID }}
          private-key: \${{ secrets.PLAN_GATE_APP_KEY }}
          permission-contents: write
${planGateStep(setting2,{command:"approve","commit-token":expression("steps.app.outputs.token")})}
`}]};var triggers=`on:
  merge_group:
  pull_request:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
`,concurrency=`concurrency:
  group: plan-gate-\${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: \${{ github.event.action == 'synchronize' }}
`;var matrix={id:"matrix",summary:"Several PostgreSQL versions, or so many queries that jobs share them.",next:"Set your versions, in both places; after the merge, require the check `plan-gate` (source: GitHub Actions).",files:setting2=>[{path:".github/workflows/plan-gate.yml",text:`# Plans the queries on several versions of PostgreSQL, each in several jobs; one last job tells and gates.
${openEnds(setting2)}name: plan-gate

${triggers}
permissions:
  contents: read

${concurrency}
jobs:
  evaluate:
    strategy:
      fail-fast: false
      matrix:
        postgres: [17, 18] # and below, in the last job
        shard: [1/2, 2/2]
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: read # where else the same commit is to be merged
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep(setting2,{command:"evaluate","postgres-version":expression("matrix.postgres"),shard:expression("matrix.shard")},"gate")}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation-\${{ strategy.job-index }}
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7

  plan-gate:
    needs: evaluate
    # Also after a job that failed: a required check that is skipped counts as passed.
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # what the jobs handed over
      contents: read
      checks: write
      pull-requests: write
    steps:
${planGateStep(setting2,{command:"report","postgres-version":"17, 18"})}
`}]};var nightly={id:"nightly",summary:"Beside another one: plans everything every night, and keeps an issue for what drifted.",next:"Start it once by hand: Actions, plan-gate nightly, Run workflow.",files:setting2=>[{path:".github/workflows/plan-gate-nightly.yml",text:`# Plans every query every night. What differs from the accepted plans becomes an issue, and the issue is closed again.
${openEnds(setting2)}name: plan-gate nightly

on:
  schedule:
    # An odd minute: at full hours GitHub is late, and drops runs. It also stops after 60 days without a commit.
    - cron: "23 3 * * *"
  workflow_dispatch:

permissions: {}

concurrency:
  group: plan-gate-nightly
  cancel-in-progress: false

jobs:
  # Migrations and seeds run in this job, so its token can only read.
  evaluate:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    permissions:
      contents: read
    steps:
      - uses: ${pins.checkout}
        with:
          persist-credentials: false
${planGateStep(setting2,{command:"evaluate"},"gate")}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7

  # Runs nothing of the repository, so it may write: the issues, and the branch plan-gate-history.
  nightly:
    needs: evaluate
    # Also after a job that failed: that is told as well.
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # what the job above handed over
      contents: write # the history
      issues: write
    steps:
${planGateStep(setting2,{command:"nightly"})}
`}]};var simple={id:"simple",summary:"One job that plans, tells and gates. For a team that trusts who can push.",next:"After the merge, require the check `plan-gate` (source: GitHub Actions).",files:setting2=>[{path:".github/workflows/plan-gate.yml",text:`# Compares the plans of the watched queries with the accepted ones, on every pull request.
${openEnds(setting2)}name: plan-gate

${triggers}
permissions:
  contents: read
  pull-requests: write # the comment and the label
  checks: write # annotations, and the record of approvals

${concurrency}
jobs:
  plan-gate:
    runs-on: ubuntu-latest
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2 # the merge commit and its parents, one of which is the base
          persist-credentials: false
${planGateStep(setting2)}
`}]};var twoStage={id:"two-stage",summary:"What runs a pull request's SQL can write nothing; a second workflow tells. For forks and the careful.",next:"After the merge, require the status `plan-gate/verdict` (source: GitHub Actions), not the job.",files:setting2=>[{path:".github/workflows/plan-gate.yml",text:`# First of two stages: plans the queries, and hands over what it found. Its token can only read.
# The second stage is plan-gate-report.yml.
${openEnds(setting2)}name: plan-gate

${triggers}
permissions:
  contents: read

${concurrency}
jobs:
  evaluate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep(setting2,{command:"evaluate"},"gate")}
      - uses: ${pins.uploadArtifact}
        with:
          name: plan-gate-evaluation
          path: \${{ steps.gate.outputs.report-json }}
          if-no-files-found: error
          overwrite: true # the job may be run again
          retention-days: 7
`},{path:".github/workflows/plan-gate-report.yml",text:`# Second of two stages: reads what the first one handed over, and tells. It checks nothing out and runs nothing of the
# pull request; GitHub takes this file from the default branch, whatever a pull request does to it.
${openEnds(setting2)}name: plan-gate report

on:
  workflow_run:
    workflows: [plan-gate]
    types: [completed]

permissions: {}

concurrency:
  # One after the other on a commit. What was cancelled has a group of its own, since it tells nothing and would replace who waits.
  group: plan-gate-report-\${{ github.event.workflow_run.head_sha }}-\${{ github.event.workflow_run.conclusion == 'cancelled' }}
  cancel-in-progress: false

jobs:
  report:
    # A run that a newer one replaced has nothing to hand over.
    if: github.event.workflow_run.conclusion != 'cancelled'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: read # the first stage's artifact
      contents: read # the settings on the base
      checks: write
      pull-requests: write
      statuses: write # plan-gate/verdict, the required one
    steps:
${planGateStep(setting2,{command:"report"})}
`}]};var workflowCall={id:"workflow-call",summary:"One workflow that others call: to keep it in one place for many repositories.",next:"After the merge, require the check `plan-gate / plan-gate` (source: GitHub Actions).",files:setting2=>[{path:".github/workflows/plan-gate.yml",text:`# Calls the shared workflow. In another repository: uses: ORGANISATION/REPOSITORY/.github/workflows/plan-gate-shared.yml@HASH
name: plan-gate

${triggers}
permissions:
  contents: read
  pull-requests: write
  checks: write

${concurrency}
jobs:
  plan-gate:
    uses: ./.github/workflows/plan-gate-shared.yml
${setting2.config===void 0?"":`    with:
      config: ${JSON.stringify(setting2.config)}
`}`},{path:".github/workflows/plan-gate-shared.yml",text:`# The gate as a workflow that others call. It is not required itself: the job of its caller is.
${openEnds(setting2)}name: plan-gate shared

on:
  workflow_call:
    inputs:
      config:
        description: Settings files, as paths or globs from the repository's top, one a line.
        type: string
        default: ""

permissions: {}

jobs:
  plan-gate:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: write
      checks: write
    steps:
      - uses: ${pins.checkout}
        with:
          fetch-depth: 2
          persist-credentials: false
${planGateStep({...setting2,config:void 0},{config:expression("inputs.config")})}
`}]};var workflows=[simple,twoStage,approve,nightly,matrix,workflowCall];var settingsFiles=["plan-gate.yml","plan-gate.yaml"];async function init(root,version,options={}){if(!await isFolder(root))throw new PlanGateError("input-missing",`there is no folder ${root}`,{hint:"Create it, or correct `--cwd`."});let release=options.release??await readRelease(version),files=await planFiles(root,findWorkflows(options.workflows),release),missing=[];for(let file of files)!file.keptFor&&!await exists(join3(file.top??root,file.path))&&missing.push(file);for(let{path,top=root}of missing)await refuseLinks(top,path);for(let{path,text,top=root}of missing)await write(top,path,text);return files.map(file=>({path:file.keptFor??slashed(relative(root,join3(file.top??root,file.path))),outcome:missing.includes(file)?"written":"kept"}))}function nextSteps(wanted){let chosen=findWorkflows(wanted),others=workflows.filter(one=>!chosen.includes(one)).map(({id})=>id);return["Look through plan-gate.yml, then run `plan-gate accept` and commit what it writes.",...chosen.map(({next})=>next),...others.length>0?[`Other workflows, by \`plan-gate init --workflow <name>\`: ${others.join(", ")}.`]:[]]}function findWorkflows(wanted=[workflows[0].id]){return wanted.map(id=>{let found=workflows.find(one=>one.id===id);if(found)return found;throw new PlanGateError("input-missing",`there is no workflow \`${id}\``,{hint:`Choose ${workflows.map(one=>one.id).join(", ")}.`})})}async function planFiles(root,chosen,release){let top=await repositoryOf(root),folder=slashed(relative(top,root)),present=await presentSettings(root),file=present??settingsFiles[0],config=folder===""&&file===settingsFiles[0]?void 0:join3(folder,file),written=chosen.flatMap(one=>one.files({release,config:config&&slashed(config)}));refuseSameFile(written);let workflowFiles=written.map(one=>({...one,top}));if(present!==void 0)return[...workflowFiles,{path:present,text:"",keptFor:present}];let[migrations,seeds]=[await findMigrations(root),await findSeeds(root)],query={path:"queries/example.sql",text:exampleQuery};return[...migrations.kind==="none"?[{path:"migrations/0001_example.sql",text:exampleMigration}]:[],await holdsSql(root,"queries")?{...query,keptFor:"queries/"}:query,...workflowFiles,{path:settingsFiles[0],text:settingsTemplate(migrations,seeds)}]}function refuseSameFile(files){let twice=files.find(({path},index)=>files.findIndex(one=>one.path===path)!==index);if(twice)throw new PlanGateError("input-missing",`two of the workflows are the same file, \`${twice.path}\``,{hint:"Choose one of them; `approve` and `nightly` go beside each."})}async function presentSettings(root){for(let path of settingsFiles)if(await exists(join3(root,path)))return path}async function repositoryOf(root){for(let folder=root;;folder=dirname2(folder)){if(await exists(join3(folder,".git")))return folder;if(folder===dirname2(folder))return root}}function slashed(path){return path.split(sep).join("/")}async function refuseLinks(root,path){let parts=path.split("/");for(let depth=1;depth<=parts.length;depth++){let part=parts.slice(0,depth).join("/"),found=await lstat(join3(root,part)).catch(()=>{});if(!found)return;if(found.isSymbolicLink()||!found.isDirectory()){let what=found.isSymbolicLink()?"a symbolic link":"not a folder";throw new PlanGateError("write-refused",`cannot write \`${path}\`: \`${part}\` is ${what}`,{hint:`Move \`${part}\` out of the way, and run \`plan-gate init\` again.`})}}}async function write(root,path,text){let target=resolve(root,path);try{await mkdir(dirname2(target),{recursive:!0}),await(0,import_write_file_atomic.default)(target,text)}catch(cause){let code=cause.code;if(code===void 0)throw cause;let isFull=code==="ENOSPC"||code==="EDQUOT";throw new PlanGateError(isFull?"disk-full":"write-refused",`cannot write \`${path}\`: ${cause.message}`,{hint:isFull?"Make room on the disk.":"Run it where the folder may be written to.",cause})}}async function exists(path){return stat(path).then(()=>!0,()=>!1)}async function isFolder(path){return stat(path).then(found=>found.isDirectory(),()=>!1)}export{init,nextSteps};
