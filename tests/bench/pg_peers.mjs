// What peers on PostgreSQL do with jobs that do nothing, at their best settings:
//
//     pg_peers.mjs FOLDER URI PEER rate JOBS    jobs a second that are stored by bulk, and then jobs a second that
//                                               are taken, "executed" and recorded as done
//     pg_peers.mjs FOLDER URI PEER start N      us from the call that adds a job to the first instruction of its
//                                               task, N times: for who is connected; then N times from the start
//                                               of a node that adds it and ends
//
// FOLDER is where npm has put them. Each works in a schema of its own, which is taken away at the end. (With "add" it
// is that other node.)
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, uri, peer, what, count] = process.argv.slice(2);
const jobs = Number(count);
const load = createRequire(resolve(folder, "package.json"));
const { Pool } = load("pg");
const url = new URL(uri.replace("///", "//x/"));
const pool = new Pool({
	host: url.searchParams.get("host"),
	user: url.searchParams.get("user"),
	database: url.pathname.slice(1),
	max: 12,
});

async function rate(work) {
	const begin = performance.now();

	await work();
	return Math.round((jobs * 1000) / (performance.now() - begin));
}

// A job, and its task, N times one after the other: the worker is here, add() is called, or done by another node.
async function starts(add, started) {
	const seen = [];

	for (const apart of [false, true]) {
		for (let i = 0; i < jobs; i++) {
			// Else who looks every so often would always be met at the same moment.
			await new Promise((ok) => setTimeout(ok, Math.random() * 500));
			const begin = performance.now();
			const task = started();

			if (apart) await node(["add"]);
			else await add();
			seen.push(Math.round(((await task) - begin) * 1000));
		}
	}
	return seen;
}

function node(words) {
	const child = spawn(process.execPath, [process.argv[1], folder, uri, peer, ...words], { stdio: "inherit" });

	return new Promise((ok, bad) => child.on("close", (code) => (code === 0 ? ok() : bad(new Error(`${words} failed`)))));
}

// The time at which the next task begins.
let begun = () => {};
const nextTask = () => new Promise((ok) => (begun = () => ok(performance.now())));

async function graphileNew() {
	const { runMigrations } = load("graphile-worker");

	await pool.query(`DROP SCHEMA IF EXISTS bench_graphile CASCADE`);
	await runMigrations({ pgPool: pool, schema: "bench_graphile" });
}

async function graphileAdd() {
	await load("graphile-worker").quickAddJob({ pgPool: pool, schema: "bench_graphile" }, "none", {});
}

// Without a local queue, which would be filled later.
async function graphileStart() {
	const { run, makeWorkerUtils } = load("graphile-worker");
	const schema = "bench_graphile";

	await graphileNew();
	const utils = await makeWorkerUtils({ pgPool: pool, schema });
	const runner = await run({
		pgPool: pool,
		noHandleSignals: true,
		preset: { worker: { schema, concurrentJobs: 4 } },
		taskList: { none: () => begun() },
	});
	const seen = await starts(() => utils.addJob("none", {}), nextTask);

	await runner.stop();
	await pool.query(`DROP SCHEMA ${schema} CASCADE`);
	return seen;
}

// A local queue, and completions in batches.
async function graphile() {
	const { run } = load("graphile-worker");
	const schema = "bench_graphile";
	let done = 0;

	await graphileNew();
	const stored = await rate(() =>
		pool.query(
			`SELECT count(*) FROM ${schema}.add_jobs(ARRAY(SELECT json_populate_record(NULL::${schema}.job_spec,
			json_build_object('identifier', 'none', 'payload', json_build_object('id', i)))
			FROM generate_series(1, $1) i))`,
			[jobs],
		),
	);
	await pool.query(`VACUUM ANALYZE`);
	const taken = await rate(async () => {
		let all;
		const end = new Promise((ok) => (all = ok));
		const runner = await run({
			pgPool: pool,
			noHandleSignals: true,
			preset: {
				worker: {
					schema,
					concurrentJobs: 24,
					localQueue: { size: 500 },
					completeJobBatchDelay: 0,
					failJobBatchDelay: 0,
				},
			},
			taskList: {
				none: () => {
					if (++done === jobs) all();
				},
			},
		});
		await end;
		await runner.stop();
	});
	await pool.query(`DROP SCHEMA ${schema} CASCADE`);
	return [stored, taken];
}

async function bossNew() {
	const PgBoss = load("pg-boss");
	const db = { executeSql: (text, values) => pool.query(text, values) };
	const b = new PgBoss({ db, schema: "bench_boss", supervise: false, schedule: false });

	await b.start();
	return b;
}

async function bossAdd() {
	const b = await bossNew();

	await b.send("none", {});
}

// It looks for jobs by itself: twice a second, which is the most often that it allows.
async function bossStart() {
	await pool.query(`DROP SCHEMA IF EXISTS bench_boss CASCADE`);
	const b = await bossNew();

	await b.createQueue("none");
	await b.work("none", { pollingIntervalSeconds: 0.5 }, () => begun());
	const seen = await starts(() => b.send("none", {}), nextTask);

	await b.stop({ graceful: false });
	await pool.query(`DROP SCHEMA bench_boss CASCADE`);
	return seen;
}

// Batches of 5000, two at a time.
async function boss() {
	const schema = "bench_boss", batch = 5000;
	let left = jobs;

	await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
	const b = await bossNew();

	await b.createQueue("none");
	const stored = await rate(async () => {
		for (let at = 0; at < jobs; at += batch)
			await b.insert(Array.from({ length: Math.min(batch, jobs - at) }, () => ({ name: "none" })));
	});
	await pool.query(`VACUUM ANALYZE`);
	const worker = async () => {
		while (left > 0) {
			const got = await b.fetch("none", { batchSize: batch });

			if (got.length === 0) break;
			await b.complete("none", got.map((job) => job.id));
			left -= got.length;
		}
	};
	const taken = await rate(() => Promise.all([worker(), worker()]));
	if (left > 0) throw new Error(`${left} jobs were not taken`);
	await b.stop({ graceful: false });
	await pool.query(`DROP SCHEMA ${schema} CASCADE`);
	return [stored, taken];
}

const peers = {
	"graphile-worker": { rate: graphile, start: graphileStart, add: graphileAdd },
	"pg-boss": { rate: boss, start: bossStart, add: bossAdd },
};

pool.on("error", () => {});
const found = await peers[peer][what]();
if (found !== undefined) console.log(found.join("\n"));
process.exit(0);
