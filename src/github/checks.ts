import { type Api, unlessMissing } from "./api.js";
import type { Annotation, CheckRun, CheckRunChange, GitHub, NewCheckRun, NewStatus } from "./github.js";

type Checks = Pick<GitHub, "checkRuns" | "checkRun" | "createCheckRun" | "updateCheckRun" | "createStatus">;

/** The App of every workflow's own token, on github.com and GHES alike. */
const workflowApp = "github-actions";
const annotationsAtOnce = 50;
const longestDescription = 140;

/** A check run as REST shows it, as far as we look. */
interface CheckJson {
  /** Octokit reads numbers beyond 2^53 as bigint; ids are far below. */
  readonly id: number | bigint;
  readonly name: string;
  readonly head_sha: string;
  readonly app: { readonly slug?: string } | null;
  readonly external_id: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly output: {
    readonly title: string | null;
    readonly summary: string | null;
    readonly text: string | null;
    readonly annotations_count: number;
  };
  readonly html_url: string | null;
}

/** Check runs and commit statuses. */
export function checksOf(api: Api): Checks {
  const { at } = api;
  const checkRuns = async (sha: string, name: string) => (await listed(api, sha, name)).map(checkRun);
  return {
    checkRuns,
    async checkRun(id) {
      const answer = await unlessMissing(read(api, id));
      return answer && checkRun(answer);
    },
    createCheckRun: (run) => create(api, run),
    updateCheckRun: async (id, change) => checkRun(await update(api, id, change, 0)),
    async createStatus(sha, { context, state, description, targetUrl }: NewStatus) {
      await api.request("POST /repos/{owner}/{repo}/statuses/{sha}", {
        ...at,
        sha,
        context,
        state,
        description: [...description].slice(0, longestDescription).join(""),
        ...(targetUrl === undefined ? {} : { target_url: targetUrl }),
        // Of equal statuses the newest counts, so that one too many changes nothing.
        request: { repeatable: true },
      });
    },
  };
}

async function listed(api: Api, ref: string, check_name: string): Promise<readonly CheckJson[]> {
  const found = await api.paginate("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
    ...api.at,
    ref,
    check_name,
    filter: "all",
    per_page: 100,
  });
  return found
    .filter(({ app, name }) => app?.slug === workflowApp && name === check_name)
    .toSorted((a, b) => Number(b.id) - Number(a.id));
}

async function read(api: Api, id: number): Promise<CheckJson> {
  const { data } = await api.request("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", {
    ...api.at,
    check_run_id: id,
  });
  return data;
}

async function create(api: Api, run: NewCheckRun): Promise<CheckRun> {
  const { annotations = [] } = run;
  const first = await api.once({
    async send(): Promise<CheckJson> {
      const { data } = await api.request("POST /repos/{owner}/{repo}/check-runs", {
        ...api.at,
        name: run.name,
        head_sha: run.headSha,
        ...fields(run, annotations.slice(0, annotationsAtOnce)),
        request: { standIn: standIn(0, run.headSha, run) },
      });
      return data;
    },
    async arrived() {
      // An equal one from another run would have told the same.
      const [newest] = await listed(api, run.headSha, run.name);
      return newest && tells(newest, run) ? newest : undefined;
    },
  });
  const rest = annotations.slice(annotationsAtOnce);
  if (rest.length === 0) return checkRun(first);
  return checkRun(await update(api, Number(first.id), { ...run, annotations: rest }, first.output.annotations_count));
}

/** The first request already tells all but the later annotations, so that nothing is lost if one of them fails. */
async function update(api: Api, id: number, change: CheckRunChange, before: number): Promise<CheckJson> {
  const { annotations = [] } = change;
  const now = annotations.slice(0, annotationsAtOnce);
  const told = await api.once({
    async send(): Promise<CheckJson> {
      const { data } = await api.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...api.at,
        check_run_id: id,
        ...fields(change, now),
        // GitHub adds annotations to those that are there: twice sent is twice shown.
        request: { repeatable: now.length === 0, standIn: standIn(id, "", change) },
      });
      return data;
    },
    async arrived() {
      const there = await read(api, id);
      return tells(there, change) && there.output.annotations_count >= before + now.length ? there : undefined;
    },
  });
  const rest = annotations.slice(annotationsAtOnce);
  return rest.length === 0 ? told : update(api, id, { ...change, annotations: rest }, before + now.length);
}

/** Whether a check run shows what was sent. */
function tells({ status, conclusion, external_id, output }: CheckJson, sent: CheckRunChange): boolean {
  return (
    (sent.status === undefined || sent.status === status) &&
    (sent.conclusion === undefined || sent.conclusion === conclusion) &&
    (sent.externalId === undefined || sent.externalId === external_id) &&
    (sent.title === undefined || sent.title === output.title)
  );
}

function fields(change: CheckRunChange, annotations: readonly Annotation[]) {
  const { status, conclusion, externalId, title, summary, text } = change;
  const tells = title !== undefined || summary !== undefined || text !== undefined || annotations.length > 0;
  return {
    ...(status === undefined ? {} : { status }),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(externalId === undefined ? {} : { external_id: externalId }),
    ...(tells ? { output: { title: title ?? "plan-gate", summary: summary ?? "", ...more(text, annotations) } } : {}),
  };
}

function more(text: string | undefined, annotations: readonly Annotation[]) {
  return {
    ...(text === undefined ? {} : { text }),
    ...(annotations.length === 0 ? {} : { annotations: annotations.map(annotationFields) }),
  };
}

function annotationFields({ path, line, level, title, message }: Annotation) {
  return { path, start_line: line, end_line: line, annotation_level: level, title, message };
}

function standIn(id: number, headSha: string, run: CheckRunChange & { readonly name?: string }): CheckJson {
  const { name = "", externalId = null, status = "in_progress", conclusion = null } = run;
  const { title = null, summary = null, text = null, annotations = [] } = run;
  return {
    id,
    name,
    head_sha: headSha,
    app: { slug: workflowApp },
    external_id: externalId,
    status,
    conclusion,
    started_at: null,
    completed_at: null,
    output: { title, summary, text, annotations_count: annotations.length },
    html_url: null,
  };
}

function checkRun(json: CheckJson): CheckRun {
  const { id, name, head_sha, app, external_id, status, conclusion, started_at, completed_at, output, html_url } = json;
  return {
    id: Number(id),
    name,
    headSha: head_sha,
    app: app?.slug ?? "",
    externalId: external_id ?? "",
    status,
    conclusion,
    startedAt: started_at,
    completedAt: completed_at,
    title: output.title ?? "",
    summary: output.summary ?? "",
    text: output.text ?? "",
    url: html_url ?? "",
  };
}
