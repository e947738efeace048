/** A statement as the parser gives it: one key, the node's name. */
export type Tree = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** What a statement says about the transaction that it runs in. */
export interface TransactionNeeds {
  /** PostgreSQL refuses it inside a transaction block: CREATE INDEX CONCURRENTLY, VACUUM … */
  readonly outsideTransaction: boolean;
  /** BEGIN, COMMIT, ROLLBACK: the file has transactions of its own. */
  readonly controlsTransaction: boolean;
}

/** Nodes that PostgreSQL runs only outside a transaction block (PreventInTransactionBlock in its sources). */
const neverInside = new Set([
  ...["CreatedbStmt", "DropdbStmt", "AlterSystemStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt"],
  ...["CreateSubscriptionStmt", "DropSubscriptionStmt"],
]);

/** A savepoint lives inside a transaction and so leaves the one around the file as it is. */
const savepoints = new Set(["TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE", "TRANS_STMT_ROLLBACK_TO"]);

/** Reads from a statement's tree whether it may run inside a transaction, and whether it begins or ends one. */
export function transactionNeeds(tree: Tree): TransactionNeeds {
  const [kind = ""] = Object.keys(tree);
  const control = tree["TransactionStmt"];
  return {
    outsideTransaction: neverInside.has(kind) || isOutsideByOptions(tree),
    controlsTransaction: control !== undefined && !savepoints.has(String(control["kind"])),
  };
}

function isOutsideByOptions(tree: Tree): boolean {
  const { IndexStmt: index, DropStmt: drop, VacuumStmt: vacuum, ReindexStmt: reindex } = tree;
  const { ClusterStmt: cluster, DiscardStmt: discard, AlterTableStmt: alter, DoStmt: block } = tree;
  return (
    index?.["concurrent"] === true ||
    drop?.["concurrent"] === true ||
    vacuum?.["is_vacuumcmd"] === true ||
    discard?.["target"] === "DISCARD_ALL" ||
    (cluster !== undefined && cluster["relation"] === undefined) ||
    // DETACH PARTITION … CONCURRENTLY
    /"concurrent":true/.test(JSON.stringify(alter ?? "")) ||
    /"concurrently"|REINDEX_OBJECT_(SCHEMA|SYSTEM|DATABASE)/.test(JSON.stringify(reindex ?? "")) ||
    // PL/pgSQL has no other use of these as a statement's first word.
    /(?:;|\bbegin|\bloop|\bthen|\belse)\s*(?:commit|rollback)\b/i.test(bodyOf(block))
  );
}

/** The text of a DO block, without comments and strings. */
function bodyOf(block: Tree[string]): string {
  const options = (block?.["args"] ?? []) as readonly { DefElem?: { arg?: { String?: { sval?: string } } } }[];
  const texts = options.map(({ DefElem: option }) => option?.arg?.String?.sval ?? "");
  return texts.join(";").replace(/--.*|\/\*[\s\S]*?\*\/|'[^']*'/g, " ");
}
