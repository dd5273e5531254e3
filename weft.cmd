@echo off
rem Weft's launcher for Windows: finds a JDK, builds on first use, and starts the JVM with the environment that libtorch needs.
rem Not tested: only Linux on x86_64 is.
setlocal enabledelayedexpansion
set "HOME_DIR=%~dp0"
if "%HOME_DIR:~-1%"=="\" set "HOME_DIR=%HOME_DIR:~0,-1%"

set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"
set "RELEASE="
for /f "tokens=3" %%v in ('""%JAVA%" -version 2^>^&1 ^| findstr /c:" version ""') do set "RELEASE=%%~v"
for /f "delims=. tokens=1" %%m in ("%RELEASE%") do set "RELEASE=%%m"
if "%RELEASE%"=="" set "RELEASE=0"
if %RELEASE% LSS 17 (
    echo weft: no JDK 17 or later, looked at JAVA_HOME and PATH. Install one:  winget install EclipseAdoptium.Temurin.17.JDK 1>&2
    exit /b 2
)

if exist "%HOME_DIR%\..\lib" (
    set "CLASS_PATH=%HOME_DIR%\..\lib\*"
    goto start
)
rem A checkout is built when there is nothing built yet; after changes: mvn -DskipTests package
if not exist "%HOME_DIR%\weft-app\target\classpath.txt" (
    where mvn >nul 2>nul || (
        echo weft: Maven is needed to build Weft once. Install it:  winget install Apache.Maven 1>&2
        exit /b 2
    )
    echo Building Weft for its first use ... 1>&2
    call mvn -q -B -f "%HOME_DIR%\pom.xml" -Dweft.platform=windows-x86_64 -DskipTests -Dassembly.skipAssembly=true package || exit /b 1
)
for /f "usebackq delims=" %%c in ("%HOME_DIR%\weft-app\target\classpath.txt") do set "CLASS_PATH=%%c"
for %%j in ("%HOME_DIR%\weft-app\target\weft-app-*.jar") do (
    set "JAR=%%~j"
    if "!JAR:-tests.jar=!"=="!JAR!" set "CLASS_PATH=!JAR!;!CLASS_PATH!"
)

:start
rem Jars of extensions: WEFT_EXTENSIONS names folders, split by semicolons.
if defined WEFT_EXTENSIONS (
    for %%d in ("%WEFT_EXTENSIONS:;=" "%") do (
        for %%j in ("%%~d\*.jar") do set "CLASS_PATH=!CLASS_PATH!;%%~j"
    )
)
rem Two thread pools that spin fight for the cores: OpenBLAS's and libtorch's, so they must sleep.
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=%NUMBER_OF_PROCESSORS%"
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
chcp 65001 >nul
set "OPTIONS=-XX:+UseSerialGC -XX:MaxRAMPercentage=25 -XX:-UsePerfData -Dfile.encoding=UTF-8"
if %RELEASE% GEQ 22 set "OPTIONS=%OPTIONS% --enable-native-access=ALL-UNNAMED"
"%JAVA%" %OPTIONS% %WEFT_JAVA_OPTIONS% -cp "%CLASS_PATH%" io.weft.app.Main %*
exit /b %ERRORLEVEL%
