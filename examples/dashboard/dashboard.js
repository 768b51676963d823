import { AieraChat, AieraChatError, answerOf } from "./aiera-chat.js";

const QUESTIONS = ["What moved oil?", "What moved gold?", "What is new at NVIDIA?"];

const chat = new AieraChat({ baseUrl: "/api/aiera" });

for (const question of QUESTIONS) tile(question);

/** @param {string} question */
async function tile(question) {
  const section = document.querySelector("main").appendChild(document.createElement("section"));
  const add = (name, properties) =>
    section.appendChild(Object.assign(document.createElement(name), properties));
  add("h2", { textContent: question });
  const status = add("p", { textContent: "asking", role: "status" });
  const text = add("p", { className: "answer" });
  try {
    const id =
      sessionStorage.getItem(question) ?? (await chat.createSession({ prompt: question })).id;
    sessionStorage.setItem(question, id);
    for await (const session of chat.watchSession(id)) {
      status.textContent = session.status;
      // As text, since an answer is untrusted.
      text.textContent = answerOf(session)?.toPlainText() ?? "";
    }
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    // Forgets a failed or deleted session, so that the next load of the page creates another.
    const isGone = error.code === "session_failed" || error.status === 404;
    if (isGone) sessionStorage.removeItem(question);
    status.role = "alert";
    status.textContent = error.message;
  }
}
