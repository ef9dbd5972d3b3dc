"""The server that the relay is compared with: the same work with FastAPI, as well as we can write it.

Checks a JWT, finds passages, counts the request and keeps the question and the answer in SQLite, and streams an
OpenAI-compatible upstream's answer as a UI message stream. One aiohttp session a worker, uvloop, httptools, gunicorn.
"""

import asyncio
import json
import os
import sqlite3
import time
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

SECRET = os.environ["BENCH_SECRET"]
UPSTREAM = os.environ["BENCH_UPSTREAM"]
DATABASE = os.environ["BENCH_DATABASE"]
PASSAGES = json.loads(Path(os.environ["BENCH_PASSAGES"]).read_text())
HEADERS = {"x-vercel-ai-ui-message-stream": "v1", "cache-control": "no-cache"}
SYSTEM = "Answer from the passages alone. Cite them as [n]. Say so if they do not answer."


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(DATABASE, timeout=30, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS message (owner TEXT, role TEXT, text TEXT, at REAL)")
    connection.execute("CREATE TABLE IF NOT EXISTS usage (owner TEXT PRIMARY KEY, requests INTEGER)")
    return connection


@asynccontextmanager
async def lifespan(app: FastAPI):
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=60)
    app.state.database = connect()
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, read_bufsize=65536) as session:
        app.state.session = session
        yield


app = FastAPI(lifespan=lifespan)


class Question(BaseModel):
    question: str
    passages: list[int] = []


def reader(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(token if kind == "Bearer" else "", SECRET, algorithms=["HS256"], audience="bench")
    except jwt.PyJWTError as error:
        raise HTTPException(401, "sign in") from error
    return claims["sub"]


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


def event(part: dict) -> str:
    return f"data: {json.dumps(part, separators=(',', ':'))}\n\n"


@app.post("/api/chat")
async def chat(question: Question, request: Request, owner: str = Depends(reader)):
    database: sqlite3.Connection = request.app.state.database
    database.execute(
        "INSERT INTO usage VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET requests = requests + 1", (owner,)
    )
    database.execute("INSERT INTO message VALUES (?, 'user', ?, ?)", (owner, question.question, time.time()))
    chosen = [PASSAGES[place] for place in question.passages if 0 <= place < len(PASSAGES)]
    numbered = "\n\n".join(f"[{number}] {passage}" for number, passage in enumerate(chosen, 1))
    body = {
        "model": "mock",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"{numbered}\n\n{question.question}"},
        ],
    }
    return StreamingResponse(answer(request, owner, chosen, body), media_type="text/event-stream", headers=HEADERS)


async def answer(request: Request, owner: str, chosen: list[str], body: dict):
    parts = []
    yield event({"type": "start"})
    for number in range(1, len(chosen) + 1):
        yield event({"type": "source-url", "sourceId": str(number), "url": f"/page#{number}"})
    try:
        async with request.app.state.session.post(f"{UPSTREAM}/v1/chat/completions", json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                choices = json.loads(line[6:]).get("choices")
                text = choices[0]["delta"].get("content") if choices else None
                if text:
                    parts.append(text)
                    yield event({"type": "text-delta", "id": "0", "delta": text})
        yield event({"type": "finish"})
    except (aiohttp.ClientError, asyncio.TimeoutError):
        yield event({"type": "error", "errorText": "the answer broke off"})
    finally:
        database: sqlite3.Connection = request.app.state.database
        database.execute("INSERT INTO message VALUES (?, 'assistant', ?, ?)", (owner, "".join(parts), time.time()))
    yield "data: [DONE]\n\n"
