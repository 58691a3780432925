//! Calls that exceed limits, in a component of a few lines.

use super::*;
use crate::limit_signal::ExceededLimit;
use crate::sandbox::engine::compile;

const COMPONENT: &str = r#"
(component
  (core module $core
    (memory (export "memory") 1)
    (table $table 1 funcref)
    ;; A list of 5,000 bytes from address 16 on.
    (data (i32.const 0) "\10\00\00\00\88\13\00\00")
    (func (export "return"))
    (func (export "spin") (loop (br 0)))
    (func (export "grow") (drop (memory.grow (i32.const 2000))))
    (func (export "tabulate") (drop (table.grow $table (ref.null func) (i32.const 200000))))
    (func $nest (export "nest") (call $nest))
    (func (export "fail") unreachable)
    (func (export "data") (result i32) (i32.const 0)))
  (core instance $instance (instantiate $core))
  (func (export "tabulate") (canon lift (core func $instance "tabulate")))
  (func (export "nest") (canon lift (core func $instance "nest")))
  (func (export "fail") (canon lift (core func $instance "fail")))
  (func (export "data") (result (list u8)) (canon lift (core func $instance "data") (memory (core memory $instance "memory"))))
  (func (export "return") (canon lift (core func $instance "return")))
  (func (export "spin") (canon lift (core func $instance "spin")))
  (func (export "grow") (canon lift (core func $instance "grow"))))
"#;

/// The component in a runtime with room for two calls.
struct Subject {
    runtime: Runtime,
    component: InstancePre<Sandbox>,
}

impl Subject {
    fn new(limits: Limits) -> Self {
        let runtime = Runtime::new(Limits { concurrency: 2, queue_timeout: Duration::from_millis(50), ..limits }).unwrap();
        let component = runtime.load(&wat::parse_str(COMPONENT).unwrap(), &compile).unwrap();
        Self { runtime, component }
    }

    async fn call(&self, name: &str, deadline: Duration) -> Result<(), CallError> {
        let mut lease = self.runtime.acquire(&Settings::default(), Console::Log).await?;
        let signal = lease.store.data().limit_signal();
        let call = async {
            let instance = self.component.instantiate_async(&mut lease.store).await?;
            let function = instance.get_typed_func::<(), ()>(&mut lease.store, name)?;
            function.call_async(&mut lease.store, ()).await
        };
        self.runtime.run_within(deadline, signal, call).await
    }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn cpu_time_limit_ends_call_while_others_run() {
    let subject = Subject::new(Limits { cpu_time: Duration::from_secs(1), ..Limits::default() });
    // On one thread, on which the first call begins and yields at each of its hundred ticks. The second one needs few of these turns,
    // however long a turn takes.
    let spinning = subject.call("spin", LONG);
    let returning = async {
        subject.call("return", LONG).await.unwrap();
        subject.runtime.live_sandboxes()
    };
    let (error, beside) = tokio::join!(spinning, returning);
    assert!(matches!(error, Err(CallError::OutOfCpuTime { .. })), "{error:?}");
    assert_eq!((beside, subject.runtime.live_sandboxes()), (1, 0));
}

#[tokio::test]
async fn deadline_ends_computing_call() {
    let subject = Subject::new(Limits { grace: Duration::from_millis(50), cpu_time: LONG, ..Limits::default() });
    let error = subject.call("spin", Duration::from_millis(50)).await;
    assert!(matches!(error, Err(CallError::TimedOut { .. })), "{error:?}");
    assert_eq!(subject.runtime.live_sandboxes(), 0);
}

#[tokio::test]
async fn memory_limit_ends_call() {
    let subject = Subject::new(Limits { memory: 64 << 20, ..Limits::default() });
    let error = subject.call("grow", LONG).await.unwrap_err();
    assert!(matches!(error, CallError::OutOfMemory { limit } if limit == 64 << 20), "{error:?}");
    subject.call("return", LONG).await.unwrap();
    assert_eq!(subject.runtime.live_sandboxes(), 0);
}

/// Each memory alone is within the limit.
#[tokio::test]
async fn memory_limit_is_sum_of_memories() {
    const TWO_MEMORIES: &str = r#"
(component
  (core module $core (memory 1) (func (export "grow") (drop (memory.grow (i32.const 600)))))
  (core instance $one (instantiate $core))
  (core instance $two (instantiate $core))
  (func (export "one") (canon lift (core func $one "grow")))
  (func (export "two") (canon lift (core func $two "grow"))))
"#;
    for (mib, fits) in [(76, true), (74, false)] {
        let runtime = Runtime::new(Limits { concurrency: 1, memory: mib << 20, ..Limits::default() }).unwrap();
        let component = runtime.load(&wat::parse_str(TWO_MEMORIES).unwrap(), &compile).unwrap();
        let mut lease = runtime.acquire(&Settings::default(), Console::Log).await.unwrap();
        let signal = lease.store.data().limit_signal();
        let call = async {
            let instance = component.instantiate_async(&mut lease.store).await?;
            for name in ["one", "two"] {
                let function = instance.get_typed_func::<(), ()>(&mut lease.store, name)?;
                function.call_async(&mut lease.store, ()).await?;
            }
            Ok(())
        };
        // Twice 601 pages of 64 KiB, which are 75.125 MiB.
        let outcome = runtime.run_within(LONG, signal, call).await.map_err(|error| error.name());
        assert_eq!(outcome, if fits { Ok(()) } else { Err("memory") }, "{mib} MiB");
    }
}

/// The next call is unaffected.
#[tokio::test]
async fn each_limit_has_own_error_naming_setting() {
    let subject = Subject::new(Limits::default());
    for (call, name, setting) in [
        ("tabulate", "table-elements", "Limits::table_elements"),
        ("nest", "stack", "Limits::stack"),
        ("fail", "trap", "unreachable"),
    ] {
        let error = subject.call(call, LONG).await.unwrap_err();
        assert_eq!(error.name(), name, "{error:?}");
        assert!(error.to_string().contains(setting), "{error}");
        subject.call("return", LONG).await.unwrap();
    }
    assert_eq!(subject.runtime.live_sandboxes(), 0);
}

#[tokio::test]
async fn hostcall_data_is_limited() {
    for (hostcall_bytes, fits) in [(5_100, true), (4_900, false)] {
        let subject = Subject::new(Limits { hostcall_bytes, ..Limits::default() });
        let mut lease = subject.runtime.acquire(&Settings::default(), Console::Log).await.unwrap();
        let signal = lease.store.data().limit_signal();
        let call = async {
            let instance = subject.component.instantiate_async(&mut lease.store).await?;
            let function = instance.get_typed_func::<(), (Vec<u8>,)>(&mut lease.store, "data")?;
            function.call_async(&mut lease.store, ()).await
        };
        let outcome = subject.runtime.run_within(LONG, signal, call).await;
        let outcome = outcome.map(|(bytes,)| bytes.len()).map_err(|error| error.name());
        assert_eq!(outcome, if fits { Ok(5_000) } else { Err("hostcall-bytes") });
    }
}

/// Permits keep calls from this; only a sandbox with three instances of the component gets there.
#[tokio::test]
async fn exhausted_pool_reports_own_error() {
    let subject = Subject::new(Limits::default());
    let mut lease = subject.runtime.acquire(&Settings::default(), Console::Log).await.unwrap();
    let signal = lease.store.data().limit_signal();
    let call = async {
        for _ in 0..3 {
            subject.component.instantiate_async(&mut lease.store).await?;
        }
        Ok(())
    };
    let error = subject.runtime.run_within(LONG, signal, call).await.unwrap_err();
    assert_eq!(error.name(), "pool", "{error:?}");
}

/// Also a component that waits in the host.
#[tokio::test]
async fn raised_limit_signal_ends_call() {
    let subject = Subject::new(Limits::default());
    let signal = LimitSignal::default();
    let waiting = subject.runtime.run_within(LONG, signal.clone(), std::future::pending::<wasmtime::Result<()>>());
    let (ended, ()) = tokio::join!(waiting, async {
        tokio::task::yield_now().await;
        signal.raise(ExceededLimit::Requests(3));
        signal.raise(ExceededLimit::ResponseBytes(4));
    });
    assert!(matches!(ended, Err(CallError::TooManyRequests { limit: 3 })), "{ended:?}");
    let over = subject.runtime.run_within(LONG, signal, std::future::ready(Ok(()))).await;
    assert!(matches!(over, Err(CallError::TooManyRequests { .. })), "even with a result: {over:?}");
}

#[tokio::test]
async fn call_without_free_sandbox_reports_busy() {
    let subject = Subject::new(Limits::default());
    let settings = Settings::default();
    let acquire = || subject.runtime.acquire(&settings, Console::Log);
    let held = (acquire().await.unwrap(), acquire().await.unwrap());
    let third = subject.call("return", LONG).await;
    assert!(matches!(third, Err(CallError::Busy { concurrency: 2, .. })), "{third:?}");
    drop(held);
    subject.call("return", LONG).await.unwrap();
}

#[tokio::test]
async fn runtime_rejects_other_than_component() {
    let runtime = Runtime::new(Limits { concurrency: 1, ..Limits::default() }).unwrap();
    let core_module = wat::parse_str("(module)").unwrap();
    assert!(format!("{:#}", runtime.load(&core_module, &compile).err().unwrap()).contains("not a WebAssembly component"));
    let greedy =
        wat::parse_str("(component (import \"wasi:keyvalue/store@0.2.0-draft\" (instance (export \"open\" (func)))))").unwrap();
    assert!(format!("{:#}", runtime.load(&greedy, &compile).err().unwrap()).contains("wasi:keyvalue/store"));
}
