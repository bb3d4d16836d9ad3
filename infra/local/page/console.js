// The console: asks the stack's JSON endpoints every second and shows what they say.
// Everything is put into the page as text, never as markup.
"use strict";

const SECOND = 1000;
const byId = (id) => document.getElementById(id);
const shown = new Map(); // endpoint -> last text, so that an unchanged table is left alone
let traced = "";

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function time(text) {
  return new Date(text).toLocaleTimeString([], { hour12: false });
}

async function get(path) {
  const answer = await fetch(`/_local/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

async function show(path, render) {
  const text = await get(path);
  if (shown.get(path) === text) return;
  shown.set(path, text);
  render(JSON.parse(text));
}

function fill(id, rows, empty) {
  const body = byId(id).querySelector("tbody");
  const made = rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((cell) => {
      if (cell instanceof Node && cell.nodeName === "TD") return cell;
      const data = document.createElement("td");
      data.append(cell);
      return data;
    }));
    return row;
  });
  if (!made.length) {
    const row = document.createElement("tr");
    const cell = element("td", empty, "quiet");
    cell.colSpan = 9;
    row.append(cell);
    made.push(row);
  }
  body.replaceChildren(...made);
}

function traceButton(id) {
  if (!id) return "";
  const button = element("button", id, "link mono");
  button.addEventListener("click", () => { traced = id; showTrace(); });
  return button;
}

function statusClass(status) {
  return status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
}

function showRequests(requests) {
  fill("requests", requests.map((request) => [
    element("td", time(request.at), "time quiet"),
    element("td", `${request.method} ${request.path}`, "mono"),
    element("td", request.status, statusClass(request.status)),
    element("td", request.milliseconds.toFixed(1), "number"),
    request.function,
    traceButton(request.correlationId),
  ]), "Nothing has been asked yet.");
}

function showEvents(events) {
  fill("events", events.map((event) => [
    element("td", time(event.occurred_at), "time quiet"),
    element("td", event.type, "mono"),
    element("td", `${event.entity_type} ${event.entity_id}`, "mono quiet"),
    event.handled_by.join(", ") || element("span", event.waiting ? "in the outbox" : "–", "quiet"),
    traceButton(event.correlation_id),
  ]), "Nothing has happened yet.");
}

function showQueues(queues) {
  fill("queues", queues.map((queue) => [
    element("td", queue.name, "mono"),
    element("td", queue.waiting,
      queue.waiting && /-(dead|undelivered)$/.test(queue.name) ? "number bad" : "number"),
    element("td", queue.atWork, "number"),
  ]), "The template declares no queue.");
}

function showSchedules(schedules) {
  fill("schedules", schedules.map((schedule) => {
    const button = element("button", "run now");
    const path = `/_local/schedules/${schedule.function}/${schedule.name}`;
    button.addEventListener("click", async () => {
      button.disabled = true;
      await fetch(path, { method: "POST" });
      button.disabled = false;
    });
    return [
      element("td", `${schedule.function} ${schedule.name}`, "mono"),
      element("td", schedule.expression, "mono quiet"),
      element("td", schedule.next ? time(schedule.next) : "never", "time"),
      element("td", schedule.last || "–", schedule.last.endsWith(" ok") ? "time good" : "quiet"),
      button,
    ];
  }), "The template declares no schedule.");
}

function showMails(mails) {
  const made = mails.toReversed().map((mail) => {
    const details = document.createElement("details");
    const summary = element("summary", `${mail.subject} `);
    summary.append(element("span", mail.to, "quiet"));
    details.append(summary, element("pre", mail.text || mail.html));
    return details;
  });
  byId("mails").replaceChildren(...(made.length ? made : [element("p", "No mail yet.", "quiet")]));
}

function showRoutes(routes) {
  fill("routes", routes.map((route) => [element("td", route.route, "mono"), route.function]),
    "The template declares no route.");
}

function showProblems(functions) {
  const broken = functions.filter((each) => each.error);
  const problem = byId("problem");
  problem.hidden = !broken.length;
  problem.textContent = broken
    .map((each) => `${each.name} cannot be loaded\n${each.error}`).join("\n\n");
}

async function showTrace() {
  byId("trace-section").hidden = !traced;
  if (!traced) return;
  byId("trace-id").textContent = traced;
  const trace = JSON.parse(await get(`trace?id=${encodeURIComponent(traced)}`));
  // Causes before effects, also when both happened in the same millisecond: sorting keeps the order.
  const steps = [
    ...trace.requests.map((request) => [request.at,
      `${request.method} ${request.path} → ${request.status} in ${request.milliseconds} ms`]),
    ...trace.events.map((event) => [event.occurred_at,
      `${event.type} from ${event.source} ${JSON.stringify(event.data)}`]),
    ...trace.runs.map((run) => [run.received_at, `${run.subscriber} handled ${run.type}`]),
    ...trace.failures.map((failure) => [failure.last_at,
      `${failure.subscriber} failed on ${failure.event_type}: ${failure.failure_group}`]),
  ].sort((one, other) => new Date(one[0]) - new Date(other[0]));
  byId("trace").replaceChildren(...steps.map(([at, text]) => {
    const item = document.createElement("li");
    item.append(element("span", time(at), "quiet"), element("span", text, "mono"));
    return item;
  }));
}

async function refresh() {
  try {
    await Promise.all([
      show("requests", showRequests), show("events", showEvents), show("queues", showQueues),
      show("schedules", showSchedules), show("mails", showMails), show("routes", showRoutes),
      show("functions", showProblems), showTrace(),
    ]);
  } catch (error) {
    byId("problem").hidden = false;
    byId("problem").textContent = `The stack does not answer (${error.message}).`;
    shown.delete("functions");
  }
}

async function keepFresh() {
  if (byId("live").checked && !document.hidden) await refresh();
  setTimeout(keepFresh, SECOND);
}

keepFresh();
