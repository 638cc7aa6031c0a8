// Reads a plan as JSON, lets its time pass, and writes what the server saw as JSON.

import { readFileSync } from "node:fs";
import { Crowd } from "./crowd.mjs";

const { plan, traced } = JSON.parse(readFileSync(0, "utf8"));
const requests = traced ? Array.from({ length: plan.people }, () => []) : null;
const { counts, recovered } = new Crowd(plan, (now, number) => requests?.[number].push(now)).run();
process.stdout.write(JSON.stringify({ counts, recovered, requests }));
