//! Calls that do what they may not, in a component of a few lines.

use super::*;

const COMPONENT: &str = r#"
(component
  (core module $core
    (memory (export "memory") 1)
    (func (export "return"))
    (func (export "spin") (loop (br 0)))
    (func (export "grow") (drop (memory.grow (i32.const 2000)))))
  (core instance $instance (instantiate $core))
  (func (export "return") (canon lift (core func $instance "return")))
  (func (export "spin") (canon lift (core func $instance "spin")))
  (func (export "grow") (canon lift (core func $instance "grow"))))
"#;

struct Subject {
    runtime: Runtime,
    component: InstancePre<Sandbox>,
}

impl Subject {
    fn new(limits: Limits) -> Self {
        let runtime = Runtime::new(Limits { concurrency: 2, queue_timeout: Duration::from_millis(50), ..limits }).unwrap();
        let component = runtime.load(&wat::parse_str(COMPONENT).unwrap(), None).unwrap();
        Self { runtime, component }
    }

    async fn call(&self, name: &str, deadline: Duration) -> Result<(), CallError> {
        let mut lease = self.runtime.lease(&Settings::default(), Console::Log).await?;
        let call = async {
            let instance = self.component.instantiate_async(&mut lease.store).await?;
            let function = instance.get_typed_func::<(), ()>(&mut lease.store, name)?;
            function.call_async(&mut lease.store, ()).await
        };
        self.runtime.within(deadline, call).await
    }
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn computing_too_long_ends_the_call_and_hinders_nobody_meanwhile() {
    let subject = Subject::new(Limits { cpu_time: Duration::from_millis(300), ..Limits::default() });
    // On one thread: the second call gets its turn while the first spins.
    let spinning = subject.call("spin", LONG);
    let returning = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        subject.call("return", LONG).await.unwrap();
        subject.runtime.live_sandboxes()
    };
    let (error, beside) = tokio::join!(spinning, returning);
    assert!(matches!(error, Err(CallError::OutOfCpuTime { .. })), "{error:?}");
    assert_eq!((beside, subject.runtime.live_sandboxes()), (1, 0));
}

#[tokio::test]
async fn a_deadline_reaches_a_call_that_computes() {
    let subject = Subject::new(Limits { grace: Duration::from_millis(50), cpu_time: LONG, ..Limits::default() });
    let error = subject.call("spin", Duration::from_millis(50)).await;
    assert!(matches!(error, Err(CallError::TimedOut { .. })), "{error:?}");
    assert_eq!(subject.runtime.live_sandboxes(), 0);
}

#[tokio::test]
async fn memory_is_bounded() {
    let subject = Subject::new(Limits { memory: 64 << 20, ..Limits::default() });
    let error = subject.call("grow", LONG).await.unwrap_err();
    assert!(error.to_string().contains("memory"), "{error}");
    subject.call("return", LONG).await.unwrap();
    assert_eq!(subject.runtime.live_sandboxes(), 0);
}

#[tokio::test]
async fn a_full_house_is_said_so() {
    let subject = Subject::new(Limits { cpu_time: Duration::from_millis(500), ..Limits::default() });
    let (first, second, third) = tokio::join!(subject.call("spin", LONG), subject.call("spin", LONG), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        subject.call("return", LONG).await
    });
    assert!(first.is_err() && second.is_err());
    assert!(matches!(third, Err(CallError::Busy { concurrency: 2, .. })), "{third:?}");
    subject.call("return", LONG).await.unwrap();
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    let runtime = Runtime::new(Limits { concurrency: 1, ..Limits::default() }).unwrap();
    let core_module = wat::parse_str("(module)").unwrap();
    assert!(format!("{:#}", runtime.load(&core_module, None).err().unwrap()).contains("no WebAssembly component"));
    let greedy =
        wat::parse_str("(component (import \"wasi:keyvalue/store@0.2.0-draft\" (instance (export \"open\" (func)))))").unwrap();
    assert!(format!("{:#}", runtime.load(&greedy, None).err().unwrap()).contains("wasi:keyvalue/store"));
}
